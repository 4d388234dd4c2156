import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "removed-topology-label",
  subject: "database",
  meta: {
    summary: "An anti-affinity uses a node label that Kubernetes no longer sets.",
    rationale:
      "Kubernetes replaced failure-domain.beta.kubernetes.io with topology.kubernetes.io in 1.17, and clouds have stopped setting the old label. A rule on a label that no node has keeps nothing apart.",
    remedy: "Use `topology.kubernetes.io/zone`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/reference/labels-annotations-taints/"],
  },
  check({ resource, workload }, { report }) {
    const root =
      workload?.podSpec.at("affinity") ?? (workload === undefined ? resource.node.at("spec", "affinity") : undefined);
    const node = root === undefined ? undefined : findKey(root);
    if (node === undefined) return;
    const label = node.string() ?? "";
    const effect = node.yamlPath.some((step) => /antiAffinity$/i.test(String(step)))
      ? `the instances of ${nameOf(resource)} are not kept apart`
      : `the affinity of ${nameOf(resource)} finds no node`;
    report({
      message: `Nodes no longer have the label ${label}: ${effect}. The label is now ${successors[label]}.`,
      at: node,
    });
  },
});

const successors: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/os": "kubernetes.io/os",
};

function findKey(node: YamlNode): YamlNode | undefined {
  const own = node.at("topologyKey");
  if (own !== undefined && Object.hasOwn(successors, own.string() ?? "")) return own;
  for (const child of [...node.items(), ...node.entries().map(([, each]) => each)]) {
    const found = findKey(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
