import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import type { Labels } from "../../kube/selector.ts";
import { isEmptySelector, mayMatch, readLabelSelector } from "../../kube/selector.ts";
import type { Workload } from "../../kube/workload.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "spread-selects-other-pods",
  subject: "database",
  meta: {
    summary: "The anti-affinity or spread constraint of a replicated database does not select its own Pods.",
    rationale:
      "An anti-affinity keeps a Pod away from the Pods its selector matches. If the selector uses a label that the Pods do not have, it matches nothing: the scheduler may put all members on one node, while the manifest looks safe.",
    remedy: "Copy the labels of the Pod template into `labelSelector`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity",
    ],
    quietWhen:
      "one of several terms selects the Pods, they are kept away from another workload in view, one instance runs, or nothing proves replication.",
  },
  check(database, { workspace, report }) {
    const { workload, instances, resource, durability } = database;
    if (workload === undefined || durability !== "durable") return;
    if (instances.value === undefined || instances.value < 2 || !isReplicated(database)) return;
    const terms = termsOf(workload.podSpec);
    const [first] = terms;
    if (first === undefined || terms.some((term) => selects(term, workload.podLabels))) return;
    if (keepsOthersAway(terms, workload, workspace)) return;
    const selector = first.at("labelSelector");
    const requested = selector === undefined ? [] : readLabelSelector(selector).pairs;
    const [only, second] = requested;
    const own = only === undefined ? undefined : workload.podLabels[only[0]];
    const wanted = requested.map(([key, value]) => `${key}=${value}`).join(", ");
    report({
      message: `Nothing keeps the ${instances.value} Pods of ${nameOf(resource)} apart: ${wanted === "" ? "the selector meant to spread them matches none of their labels" : `they are spread away from Pods with ${wanted}, but carry other labels themselves`}.`,
      at: selector ?? first,
      point: "key",
      related: [{ message: "the labels of the Pods", at: workload.template.nearest("metadata", "labels") }],
      fixes:
        only === undefined || second !== undefined || own === undefined || selector === undefined
          ? []
          : [
              editFix({
                title: `Spread away from Pods with ${only[0]}=${own}`,
                safety: "unsafe",
                consequence: "Restarts every instance; with fewer nodes than instances, some stay Pending.",
                edits: setValue(selector.nearest("matchLabels", only[0]), own),
              }),
            ],
    });
  },
});

/** They name Pods of another workload in view: those are meant to be elsewhere. */
function keepsOthersAway(terms: readonly YamlNode[], own: Workload, { everything }: Workspace): boolean {
  for (const { workload } of everything.resources)
    if (workload !== undefined && workload !== own && terms.some((term) => selects(term, workload.podLabels)))
      return true;
  return false;
}

function termsOf(podSpec: YamlNode): readonly YamlNode[] {
  const antiAffinity = podSpec.at("affinity", "podAntiAffinity");
  const required = antiAffinity?.at("requiredDuringSchedulingIgnoredDuringExecution")?.items() ?? [];
  const preferred = antiAffinity?.at("preferredDuringSchedulingIgnoredDuringExecution")?.items() ?? [];
  return [
    ...required,
    ...preferred.flatMap((item) => item.at("podAffinityTerm") ?? []),
    ...(podSpec.at("topologySpreadConstraints")?.items() ?? []),
  ];
}

/** Also where it cannot be seen: a placeholder, or a selector that a chart fills in. */
function selects(term: YamlNode, labels: Labels): boolean {
  const node = term.at("labelSelector");
  if (term.at("matchLabelKeys") !== undefined || term.at("namespaceSelector") !== undefined) return true;
  if (node === undefined) return false;
  const selector = readLabelSelector(node);
  if (isEmptySelector(selector)) return true;
  return mayMatch(selector, labels);
}
