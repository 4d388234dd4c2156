import { nameOf } from "../../domain/model/names.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { isEmptySelector, mayMatch, readLabelSelector } from "../../kube/selector.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "selector-misses-template-labels",
  subject: "workload",
  meta: {
    summary: "The selector does not match the labels of the Pod template, so the API server refuses the object.",
    rationale:
      "A StatefulSet or Deployment owns the Pods that its selector matches. When its own template carries other labels the API server answers `selector does not match template labels` and nothing is created.",
    remedy:
      "Give the Pod template every label of `spec.selector.matchLabels`. Never change the selector of an existing object: it is immutable.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector"],
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    if (!/^(StatefulSet|Deployment|ReplicaSet|DaemonSet)$/.test(resource.kind)) return;
    const node = resource.node.at("spec", "selector");
    if (node === undefined && resource.apiVersion === "apps/v1" && concernsDatabases(workload, workspace.topology)) {
      report({
        message: `The API server refuses ${nameOf(resource)}: it has no selector, and apps/v1 does not fill one in.`,
        at: resource.node.nearest("spec"),
        point: "key",
      });
      return;
    }
    if (node === undefined || node.kind !== "map" || !concernsDatabases(workload, workspace.topology)) return;
    const selector = readLabelSelector(node);
    if (isEmptySelector(selector) || mayMatch(selector, workload.podLabels)) return;
    const missing = selector.pairs
      .filter(([key, value]) => workload.podLabels[key] !== value)
      .map(([key, value]) => `${key}=${value}`);
    report({
      message: `The API server refuses ${nameOf(resource)}: its selector requires ${missing.join(", ") || "other labels"}, which the Pod template does not have.`,
      at: node,
      point: "key",
      related: [{ message: "the labels of the Pod template", at: workload.template.nearest("metadata", "labels") }],
    });
  },
});
