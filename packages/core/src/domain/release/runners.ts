import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { podsOf } from "../connections/pods.ts";
import type { Migration } from "../model/migration.ts";

/** Pods of a workload that may migrate at the same time; undefined: not known. A Job runs one after the other. */
export function runsAtOnce({ where, workload }: Migration, resources: ResourceIndex): number | undefined {
  if (where === "job") return 1;
  return podsOf(workload, resources).peak.value;
}

/** How a failed run is started again, as a clause with its number; undefined: nothing starts it again. */
export function retriesOf({ where, workload }: Migration): string | undefined {
  const { resource, podSpec } = workload;
  if (where !== "job") return "the Pod starts it again";
  const spec = resource.kind === "Job" ? resource.node.at("spec") : undefined;
  const limit = spec?.at("backoffLimit");
  const retries = limit === undefined ? 6 : limit.integer();
  if (spec === undefined || retries === undefined || retries === 0) return undefined;
  const isInPlace = podSpec.string("restartPolicy") === "OnFailure";
  return `the Job ${isInPlace ? "restarts" : "retries"} it up to ${retries} times${limit === undefined ? " (the default)" : ""}`;
}

/**
 * What still serves with the previous release while a migration runs: workloads of the migration's own image, or the one that runs it. One
 * that stops its old Pods before it starts new ones has none left when its own container migrates.
 */
export function servingWorkloads(
  { where, workload, container }: Migration,
  resources: ResourceIndex,
): readonly Workload[] {
  if (where !== "job") return isRecreated(workload) ? [] : [workload];
  const name = container.image?.isTemplated === true ? undefined : container.image?.name;
  if (name === undefined) return [];
  return [...resources].flatMap(({ workload: other, isUnsettled }) =>
    other !== undefined &&
    !isUnsettled &&
    /^(?:Deployment|StatefulSet|DaemonSet)$/.test(other.resource.kind) &&
    other.containers.some(({ image, role }) => role === "main" && image?.name === name)
      ? [other]
      : [],
  );
}

function isRecreated({ resource }: Workload): boolean {
  return resource.node.string("spec", "strategy", "type") === "Recreate";
}
