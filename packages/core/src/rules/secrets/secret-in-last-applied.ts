import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

const annotation = "kubectl.kubernetes.io/last-applied-configuration";

export default defineRule({
  id: "secret-in-last-applied",
  subject: "resource",
  kinds: ["Secret"],
  meta: {
    summary: "A Secret carries all its values a second time, in an annotation.",
    rationale:
      "`kubectl apply` writes what it applied into an annotation. If you export the Secret and encrypt or mask `data`, the copy in the annotation stays readable.",
    remedy:
      "Remove the annotation from the file; `kubectl create` and server-side apply do not write it. Change the values: they have leaked.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/"],
  },
  check(secret, { report }) {
    if (secret.annotations[annotation] === undefined) return;
    report({
      message: `${nameOf(secret)} contains its values twice: the annotation last-applied-configuration repeats what kubectl applied.`,
      // The annotation's own line shows them.
      at: secret.node.nearest("metadata", "name"),
    });
  },
});
