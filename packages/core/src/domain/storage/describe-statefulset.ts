import type { Resource } from "../../kube/resource.ts";

/** What the controller makes of a StatefulSet's name: Pods, their DNS names and their claims, as Markdown. */
export function describeStatefulSet(resource: Resource): string | undefined {
  const { workload, node, name } = resource;
  const replicas = workload?.replicas.value;
  if (resource.kind !== "StatefulSet" || workload === undefined || replicas === undefined) return undefined;
  // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#start-ordinal
  const first = node.integer("spec", "ordinals", "start") ?? 0;
  const last = first + replicas - 1;
  const each = (text: (ordinal: number) => string): string =>
    replicas <= 0
      ? "none"
      : replicas <= 3
        ? Array.from({ length: replicas }, (_, index) => `\`${text(first + index)}\``).join(", ")
        : `\`${text(first)}\` … \`${text(last)}\``;
  const service = node.text("spec", "serviceName");
  const inFull =
    resource.namespace === undefined ? "" : ` (in full \`…${service}.${resource.namespace}.svc.cluster.local\`)`;
  const claims = workload.volumes.filter((volume) => volume.source === "claim-template");
  const lines = [
    `Pods: ${each((ordinal) => `${name}-${ordinal}`)}`,
    service === undefined || service === ""
      ? "DNS: no names of their own, `serviceName` is not set"
      : `DNS: ${each((ordinal) => `${name}-${ordinal}.${service}`)}${inFull}`,
    ...claims.map((volume) => `Claims of ${volume.name}: ${each((ordinal) => `${volume.name}-${name}-${ordinal}`)}`),
  ];
  return lines.join("  \n");
}
