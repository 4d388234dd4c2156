import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { podsOf } from "../connections/pods.ts";
import type { Migration } from "../model/migration.ts";
import { databasesAt, type HostReference } from "../model/reach.ts";
import type { Topology } from "../model/topology.ts";

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

/**
 * Workloads that connect to the server of the migration: they run with the previous release while it migrates, whatever their image is
 * called. What looks after the server, a pooler or an exporter, does not know the schema.
 */
export function connectedWorkloads(
  migration: Migration,
  resources: ResourceIndex,
  topology: Topology,
): readonly Workload[] {
  const targets = migration.hosts.filter(({ host }) => isName(host));
  if (targets.length === 0) return [];
  return [...resources].flatMap(({ workload: other, isUnsettled }) => {
    if (other === undefined || isUnsettled || other === migration.workload) return [];
    if (!/^(?:Deployment|StatefulSet|DaemonSet)$/.test(other.resource.kind)) return [];
    if (topology.databaseOf(other) !== undefined) return [];
    const isConnected = other.containers.some(
      (container) =>
        container.role === "main" &&
        topology.poolerOf(container) === undefined &&
        container.image?.name.includes("exporter") !== true &&
        topology.hostsIn(container).some((host) => targets.some((target) => isSameServer(host, target))),
    );
    return isConnected ? [other] : [];
  });
}

/** By the object that both reach, or, where none is in view, by the name that both write. */
function isSameServer(a: HostReference, b: HostReference): boolean {
  const isNamedAlike =
    a.databaseName === undefined || b.databaseName === undefined || a.databaseName === b.databaseName;
  const [first, second] = [a, b].map(({ reaches }) => databasesAt(reaches)[0]);
  if (first !== undefined && second !== undefined)
    return first === second && (isNamedAlike || a.reaches.state === "pooler" || b.reaches.state === "pooler");
  return isName(a.host) && fullName(a) === fullName(b) && (a.port ?? b.port) === (b.port ?? a.port) && isNamedAlike;
}

const isName = (host: string): boolean => /^[a-z0-9._-]+$/i.test(host) && !/^(?:localhost|127\..*)$/i.test(host);

/** `postgres`, `postgres.shop` and `postgres.shop.svc` are one name in namespace shop. */
function fullName({ host, writtenBy }: HostReference): string {
  const name = host
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/\.cluster\.local$/, "")
    .replace(/\.svc$/, "");
  return name.includes(".") ? name : `${name}.${writtenBy.namespace ?? ""}`;
}

function isRecreated({ resource }: Workload): boolean {
  return resource.node.string("spec", "strategy", "type") === "Recreate";
}
