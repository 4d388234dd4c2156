import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey } from "../../yaml/edit.ts";

export default defineRule({
  id: "atlas-schema-drops-freely",
  subject: "resource",
  kinds: ["AtlasSchema"],
  meta: {
    summary: "Atlas drops every table and column that the wanted schema no longer names.",
    rationale:
      "An AtlasSchema is a wish, and the operator applies the difference. After the first run it checks nothing unless a policy asks for it: a table that is missing from the SQL by mistake, or a column that was renamed there, is dropped with its rows as soon as the object is applied.",
    remedy:
      "Set `policy.lint.destructive.error: true`, so that a change that drops something fails instead; or `policy.diff.skip` with `drop_table` and `drop_column`.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: [
      "https://atlasgo.io/integrations/kubernetes/declarative",
      "https://github.com/ariga/atlas-operator/blob/master/internal/controller/atlasschema_controller.go",
    ],
    quietWhen: "a policy refuses or skips what drops, asks for a review, or Atlas Cloud plans the change.",
  },
  check(resource, { report }) {
    const spec = resource.node.at("spec");
    const policy = spec?.at("policy");
    if (spec === undefined || spec.at("cloud") !== undefined || policy?.at("lint", "review") !== undefined) return;
    const destructive = policy?.at("lint", "destructive", "error");
    if (destructive !== undefined && destructive.boolean() !== false) return;
    const skip = policy?.at("diff", "skip");
    if (skip?.boolean("drop_table") === true && skip.boolean("drop_column") === true) return;
    const edits =
      policy === undefined ? insertKey(spec, "policy", { lint: { destructive: { error: true } } }) : undefined;
    report({
      message: `${nameOf(resource)} drops each table and column that its schema no longer names, with the rows: no policy stops a destructive change.`,
      at: destructive ?? policy ?? resource.node.nearest("spec"),
      point: destructive === undefined ? "key" : "value",
      fixes: [edits && { title: "Let destructive changes fail", safety: "safe", edits }],
    });
  },
});
