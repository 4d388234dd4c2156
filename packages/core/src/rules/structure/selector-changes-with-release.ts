import { nameOf } from "../../domain/model/names.ts";
import { changesWithRelease } from "../../kube/release-label.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "selector-changes-with-release",
  subject: "database",
  meta: {
    summary: "An immutable selector includes a label that changes with each release.",
    rationale:
      "spec.selector of a StatefulSet or Deployment is immutable. With a version in it the next release is refused, and the only way out is to delete the object under a running database.",
    remedy: "Select by labels that stay (`app`, `app.kubernetes.io/name`); the version may stay in the Pod's labels.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
      "https://github.com/helm/charts/issues/7803",
    ],
  },
  check({ workload, resource }, { report }) {
    if (workload === undefined) return;
    const labels = resource.node.at("spec", "selector", "matchLabels")?.entries() ?? [];
    const found = labels.find(([key, value]) => changesWithRelease(key, value.text() ?? ""));
    if (found === undefined) return;
    const [key, node] = found;
    report({
      message: `The next release of ${nameOf(resource)} is refused: its selector includes label ${key}, which changes with each release; selectors are immutable.`,
      at: node,
      point: "key",
      fixes: [
        procedure(
          "Show how to replace the selector",
          "The object is deleted without its Pods and recreated; claims stay.",
          [
            `\`kubectl delete ${resource.kind.toLowerCase()} ${resource.name} --cascade=orphan\`: the Pods keep running.`,
            `Take ${key} out of spec.selector, leave it in the template's labels if you want it.`,
            `Apply; the new object adopts the Pods, whose labels it selects.`,
          ],
        ),
      ],
    });
  },
});
