import { nameOf } from "../../domain/model/names.ts";
import { changesWithRelease } from "../../kube/release-label.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

/** Argo CD takes the claim for its own and deletes it when it prunes. https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ */
const tracking = "argocd.argoproj.io/instance";

export default defineRule({
  id: "claim-template-changes-with-release",
  subject: "database",
  meta: {
    summary: "A claim template carries a label that changes with each release, or makes Argo CD prune the claims.",
    rationale:
      "volumeClaimTemplates are immutable, labels included: a chart or application version there makes the API server refuse every upgrade. Argo CD's tracking label there is copied to the claims, which Argo CD then prunes, because no manifest contains them.",
    remedy:
      "Take the label out of the template before the first release; recreate an existing StatefulSet with `--cascade=orphan`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://github.com/helm/charts/issues/7803", "https://github.com/argoproj/argo-cd/issues/3050"],
  },
  check({ workload, resource }, { report }) {
    if (workload === undefined) return;
    for (const template of resource.node.at("spec", "volumeClaimTemplates")?.items() ?? []) {
      const labels = template.at("metadata", "labels")?.entries() ?? [];
      const tracked = labels.find(([key]) => key === tracking);
      const found = tracked ?? labels.find(([key, value]) => changesWithRelease(key, value.text() ?? ""));
      if (found === undefined) continue;
      const [key, node] = found;
      report({
        message:
          tracked === undefined
            ? `The next release of ${nameOf(resource)} is refused: its claim template ${template.string("metadata", "name") ?? ""} carries the label ${key}, and claim templates cannot change.`
            : `Argo CD tracks the claims of ${nameOf(resource)} as its own and deletes them when it prunes: their template carries ${key}.`,
        at: node,
        point: "key",
        ...(tracked === undefined ? {} : { severity: "error" as const }),
        fixes: [
          procedure(
            "Show how to replace the claim template",
            "The StatefulSet is deleted without its Pods and recreated; claims stay.",
            [
              `\`kubectl delete statefulset ${resource.name} --cascade=orphan\`: Pods and claims stay.`,
              `Take ${key} out of the template, and off the existing claims: \`kubectl label pvc -l … ${key}-\`.`,
              `Apply the StatefulSet; it adopts its Pods and claims by name.`,
            ],
          ),
        ],
      });
    }
  },
});
