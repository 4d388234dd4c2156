import { nameOf } from "../../domain/model/names.ts";
import { accessModes } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "claim-template-invalid",
  subject: "database",
  meta: {
    summary: "A claim template lacks a field that every claim must have, so no Pod is ever created.",
    rationale:
      "Kubernetes 1.36 refuses the StatefulSet (`spec.volumeClaimTemplates[0].spec.resources[storage]: Required value`). Older versions accept it; their controller then cannot create the claim, nor any Pod.",
    remedy: "Give the template a name, `accessModes` and `resources.requests.storage`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims"],
  },
  check({ resource }, { report }) {
    if (resource.kind !== "StatefulSet") return;
    for (const template of resource.node.at("spec", "volumeClaimTemplates")?.items() ?? []) {
      const name = template.text("metadata", "name");
      const spec = template.at("spec");
      const missing = [
        ...(name === undefined ? ["metadata.name"] : []),
        ...(spec === undefined || accessModes(spec).length === 0 ? ["spec.accessModes"] : []),
        ...(spec?.at("resources", "requests", "storage") === undefined ? ["spec.resources.requests.storage"] : []),
      ];
      if (missing.length === 0) continue;
      report({
        message: `The claims of ${nameOf(resource)} are refused, so no Pod starts: template ${name ?? "without a name"} lacks ${missing.join(" and ")}.`,
        at: template.at("metadata", "name") ?? template.nearest("spec"),
        point: template.at("metadata", "name") === undefined ? "key" : "value",
      });
    }
  },
});
