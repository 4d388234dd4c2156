import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "claim-template-hides-volume",
  subject: "database",
  meta: {
    summary: "A claim template has the same name as a volume of the Pod, which it silently replaces.",
    rationale:
      "The StatefulSet controller puts the claim in place of the volume of the same name: the ConfigMap, emptyDir or other claim written under `volumes` is never mounted.",
    remedy: "Rename one of the two, or remove the volume.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/#StatefulSetSpec",
    ],
  },
  check({ workload, resource }, { report }) {
    if (workload === undefined || resource.kind !== "StatefulSet") return;
    const templates = new Map(
      workload.volumes.filter((volume) => volume.source === "claim-template").map((volume) => [volume.name, volume]),
    );
    for (const node of workload.podSpec.at("volumes")?.items() ?? []) {
      const name = node.text("name");
      const template = name === undefined ? undefined : templates.get(name);
      if (name === undefined || template === undefined) continue;
      // Naming the claim again is a habit of old manifests, and harmless.
      if (node.at("persistentVolumeClaim") !== undefined) continue;
      const source = node.entries().find(([key]) => key !== "name")?.[0] ?? "emptyDir";
      report({
        message: `Volume ${name} (${source}) of ${nameOf(resource)} is never mounted: a claim template of the same name replaces it.`,
        at: node.nearest("name"),
        related: [{ message: "the claim template", at: template.node.nearest("metadata", "name") }],
      });
    }
  },
});
