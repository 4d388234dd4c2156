import type { Resource } from "../../kube/resource.ts";

/** Names that are worth their room: people copy them. */
const namesInFull = 9;

/** What the controller makes of a StatefulSet's name: Pods, their DNS names and their claims, as Markdown. */
export function describeStatefulSet(resource: Resource): string | undefined {
  const { workload, node, name } = resource;
  const replicas = workload?.replicas.value;
  if (resource.kind !== "StatefulSet" || workload === undefined || replicas === undefined) return undefined;
  // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#start-ordinal
  const first = node.integer("spec", "ordinals", "start") ?? 0;
  const each = (text: (ordinal: number) => string): string => {
    const names = Array.from({ length: Math.max(replicas, 0) }, (_, index) => `\`${text(first + index)}\``);
    if (names.length === 0) return "none";
    return names.length <= namesInFull ? names.join(", ") : `${names.slice(0, 3).join(", ")} … ${names.at(-1)}`;
  };
  const service = node.text("spec", "serviceName");
  const domain = resource.namespace === undefined ? "" : `.${resource.namespace}.svc.cluster.local`;
  const claims = workload.volumes.filter((volume) => volume.source === "claim-template");
  const lines = [
    `Pods: ${each((ordinal) => `${name}-${ordinal}`)}`,
    service === undefined || service === ""
      ? "DNS: no names of their own, `serviceName` is not set"
      : `DNS: ${each((ordinal) => `${name}-${ordinal}.${service}${domain}`)}`,
    ...claims.map((volume) => `Claims of ${volume.name}: ${each((ordinal) => `${volume.name}-${name}-${ordinal}`)}`),
  ];
  return lines.join("  \n");
}
