import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { quoteValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "hook-weight-not-text",
  subject: "migration",
  meta: {
    summary: "A hook's weight is a number in YAML, but annotations are strings.",
    rationale:
      "Helm and the API server read annotations as strings and refuse a number: `cannot unmarshal number into Go struct field … annotations of type string`. Nothing of the release is applied.",
    remedy: 'Quote it: `helm.sh/hook-weight: "-5"`, `argocd.argoproj.io/sync-wave: "1"`.',
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://helm.sh/docs/topics/charts_hooks/#writing-a-hook"],
  },
  check({ workload: { resource } }, { report }) {
    const annotations = resource.node.at("metadata", "annotations");
    for (const name of ["helm.sh/hook-weight", "argocd.argoproj.io/sync-wave"]) {
      const node = annotations?.at(name);
      if (node === undefined || node.string() !== undefined || node.integer() === undefined) continue;
      const edits = quoteValue(node);
      report({
        message: `The release fails: ${name} of ${nameOf(resource)} is the number ${node.integer()}, and annotations are strings.`,
        at: node,
        fixes: [edits && { title: "Quote it", safety: "safe", edits }],
      });
      return;
    }
  },
});
