import { nameOf } from "../../domain/model/names.ts";
import { spotLabels } from "../../facts/spot-nodes.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "database-on-spot-nodes",
  subject: "database",
  meta: {
    summary: "A database is placed on nodes that the provider can take back at any time.",
    rationale:
      "Spot and preemptible nodes go away with a notice of seconds to two minutes, often several at once. Each time means a failover, or an outage for a single-instance database.",
    remedy: "Select regular-capacity nodes for databases.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms",
      "https://karpenter.sh/docs/concepts/nodepools/",
    ],
    quietWhen: "other nodes are allowed too, only a toleration is written, or the data is a cache.",
  },
  check({ workload, resource, durability, instances }, { report }) {
    if (durability !== "durable") return;
    const spec = workload?.podSpec ?? resource.node.at("spec", "affinity");
    const found = spec === undefined ? undefined : spotIn(spec);
    if (found === undefined) return;
    const { key, notice, at } = found;
    report({
      message: `${nameOf(resource)} runs only on spot nodes (${key}): the provider takes a node back ${notice} after giving notice, ${instances.value === 1 ? "and this database has one instance" : "several at once when capacity is short"}.`,
      at,
    });
  },
});

interface Spot {
  readonly key: string;
  readonly notice: string;
  readonly at: YamlNode;
}

function spotIn(spec: YamlNode): Spot | undefined {
  for (const { key, value, notice } of spotLabels) {
    const selected = spec.at("nodeSelector", key);
    if (selected !== undefined && value.test(selected.text() ?? "")) return { key, notice, at: selected };
    const terms =
      spec
        .at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
        ?.items() ?? [];
    // Terms are alternatives: each one has to ask for such nodes.
    const places = terms.map((term) =>
      (term.at("matchExpressions")?.items() ?? []).find(
        (item) =>
          item.string("key") === key &&
          item.string("operator") === "In" &&
          (item.at("values")?.items() ?? []).every((each) => value.test(each.text() ?? "")),
      ),
    );
    const [first] = places;
    if (first !== undefined && places.every((place) => place !== undefined))
      return { key, notice, at: first.nearest("values") };
  }
  return undefined;
}
