import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** Whether an object gives a Secret to its Pods: a workload that mounts or reads it, or an operator's resource that names it. */
export function namesSecret({ workload, node }: Resource, secret: string): boolean {
  const spec = node.at("spec");
  if (spec === undefined) return false;
  if (workload === undefined) return holdsUnderSecret(spec, secret, false);
  return (
    workload.volumes.some(({ source, sourceName }) => source === "secret" && sourceName === secret) ||
    holdsUnderSecret(workload.podSpec, secret, false)
  );
}

/** The name as a value of a key that speaks of Secrets or certificates, or anywhere below one. */
function holdsUnderSecret(node: YamlNode, secret: string, isNamed: boolean): boolean {
  if (node.kind === "scalar") return isNamed && node.text() === secret;
  return (
    node.items().some((item) => holdsUnderSecret(item, secret, isNamed)) ||
    node.entries().some(([key, value]) => holdsUnderSecret(value, secret, isNamed || /secret|tls|cert/i.test(key)))
  );
}
