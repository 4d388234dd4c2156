import { nameOf, shortName } from "../../domain/model/names.ts";
import { selectorOf } from "../../kube/index-resources.ts";
import { mayMatch } from "../../kube/selector.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "governing-service-selects-other-pods",
  subject: "database",
  meta: {
    summary: "The governing Service of a StatefulSet does not select its Pods.",
    rationale:
      "A Service publishes names only for Pods that its selector matches: with a different selector the Pods of the StatefulSet have no DNS names.",
    remedy: "Give the Service the labels of the Pod template as its selector.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Service"],
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id"],
  },
  check({ resource, workload }, { workspace, report }) {
    if (resource.kind !== "StatefulSet" || workload === undefined) return;
    const name = resource.node.string("spec", "serviceName");
    const service = name === undefined ? undefined : workspace.resources.find("Service", name, resource);
    if (service === undefined || service.isUnsettled) return;
    const selector = selectorOf(service);
    if (selector === undefined || mayMatch(selector, workload.podLabels)) return;
    const missing = selector.pairs.filter(([key, value]) => workload.podLabels[key] !== value);
    if (missing.some(([key]) => /role|spilo|patroni/.test(key))) return; // set on the Pods when they run
    report({
      message: `Service ${shortName(service)} selects ${missing.map(([key, value]) => `${key}=${value}`).join(", ")}, which no Pod of ${nameOf(resource)} has: the Pods get no DNS names from it.`,
      at: selector.node,
      point: "key",
      subject: service,
      related: [{ message: "the labels of the Pod template", at: workload.template.nearest("metadata", "labels") }],
    });
  },
});
