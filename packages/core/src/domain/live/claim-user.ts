import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import { podsUsing, workloadsNaming } from "./live-data.ts";

/** How the Pods run that use a claim: whoever looks at its files has to be the same, and be let onto the same nodes. */
export interface ClaimUser {
  /** undefined: the image says. */
  readonly user: number | undefined;
  readonly group: number | undefined;
  /** `supplementalGroups` and `fsGroup`. */
  readonly groups: readonly number[];
  readonly seLinuxOptions: unknown;
  readonly serviceAccount: string | undefined;
  readonly pullSecrets: readonly unknown[];
  readonly tolerations: readonly unknown[];
  readonly nodeSelector: unknown;
}

/** By the Pod that uses it, else by the template that would; undefined: neither is in view. */
export function userOf(claim: Resource, live: LiveWorld): ClaimUser | undefined {
  const made = live.templateOf(claim);
  const [pod] = podsUsing(claim, live);
  const workload = pod?.workload ?? made?.set.workload ?? workloadsNaming(claim, live)[0]?.workload;
  if (workload === undefined) return undefined;
  const { podSpec } = workload;
  const container = mounterOf(claim, made?.template, workload);
  const ofPod = podSpec.at("securityContext");
  const ofContainer = container?.at("securityContext");
  const numberOf = (field: string): number | undefined => ofContainer?.integer(field) ?? ofPod?.integer(field);
  const fsGroup = ofPod?.integer("fsGroup");
  const others = (ofPod?.at("supplementalGroups")?.items() ?? []).flatMap((each) => each.integer() ?? []);
  const listOf = (field: string): readonly unknown[] =>
    podSpec
      .at(field)
      ?.items()
      .map(({ value }) => value) ?? [];
  return {
    user: numberOf("runAsUser"),
    group: numberOf("runAsGroup"),
    groups: [...new Set([...(fsGroup === undefined ? [] : [fsGroup]), ...others])],
    seLinuxOptions: ofContainer?.at("seLinuxOptions")?.value ?? ofPod?.at("seLinuxOptions")?.value,
    serviceAccount: podSpec.text("serviceAccountName"),
    pullSecrets: listOf("imagePullSecrets"),
    tolerations: listOf("tolerations"),
    nodeSelector: podSpec.at("nodeSelector")?.value,
  };
}

/** The container that mounts a claim, by the volume that is the claim or its template. */
function mounterOf(claim: Resource, template: string | undefined, workload: Workload): Workload["podSpec"] | undefined {
  const names = workload.volumes.flatMap(({ name, source, sourceName }) =>
    (source === "claim" && sourceName === claim.name) ||
    (source === "claim-template" && name === template) ||
    (source === "ephemeral-claim" && claim.name.endsWith(`-${name}`))
      ? [name]
      : [],
  );
  return workload.containers.find(({ node, role }) => {
    const mounts = node.at("volumeMounts")?.items() ?? [];
    return role !== "init" && mounts.some((mount) => names.includes(mount.text("name") ?? ""));
  })?.node;
}
