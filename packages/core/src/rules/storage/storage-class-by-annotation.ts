import { nameOf } from "../../domain/model/names.ts";
import { claimsOfDatabase, classAnnotation } from "../../domain/storage/volumes.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "storage-class-by-annotation",
  subject: "database",
  meta: {
    summary: "A claim names its storage class in a deprecated annotation.",
    rationale:
      "The API server still reads the annotation, but `kubectl get pvc`, policies and backup tools look at `storageClassName` and see a claim without a class. If both are set, the annotation wins.",
    remedy: "Write `storageClassName` in new claims. The claim template of an existing StatefulSet cannot change.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class"],
  },
  check(database, { workspace, report }) {
    for (const { holder } of claimsOfDatabase(database, workspace.resources)) {
      const annotation = holder.at("metadata", "annotations", classAnnotation);
      const name = annotation?.text() ?? "";
      if (annotation === undefined || name === "" || hasPlaceholder(name)) continue;
      report({
        message: `A claim of ${nameOf(database.resource)} names class ${name} in an annotation deprecated since Kubernetes 1.6: tools that look at storageClassName see none.`,
        at: annotation,
        point: "key",
      });
    }
  },
});
