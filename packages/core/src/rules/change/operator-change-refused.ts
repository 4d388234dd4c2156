import { newRefusals } from "../../change/operator-refusals.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { sentence } from "../../text/sentence.ts";

export default defineRule({
  id: "operator-change-refused",
  subject: "change",
  meta: {
    summary: "The change makes of a database's resource what its operator does not accept.",
    rationale:
      "Operators refuse what they cannot carry out without losing data: a volume for the WAL that is taken away, a tablespace that is dropped, a class for volumes that exist; and resources that are wrong by themselves. Their webhook refuses the whole resource, so nothing else of the change is applied either.",
    remedy:
      "Take this part back. To get there anyway, create a new database with the new values from a backup, move the clients, and delete the old one.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/cloudnative-pg/cloudnative-pg/blob/main/internal/webhook/v1/cluster_webhook.go",
      "https://github.com/mariadb-operator/mariadb-operator/blob/main/api/v1alpha1/mariadb_types.go",
    ],
    quietWhen: "the field was not written before, or a value is filled in later.",
  },
  check({ before, after, isRenamed }, { report }) {
    if (before === undefined || after === undefined || isRenamed) return;
    if (after.resource.isPartial || after.resource.isUnsettled) return;
    for (const { because, at } of newRefusals(before, after))
      report({
        verdict: "refused",
        message: `The operator refuses ${nameOf(after.resource)}: ${because}. None of this change to it is applied.`,
        at,
        ...(at.kind === "map" ? { point: "key" as const } : {}),
      });
    const operator = after.database?.operator;
    if (operator === undefined) return;
    const changes = operator.refusedChanges?.(before.resource.node, after.resource.node) ?? [];
    for (const { field, at, was, says } of changes)
      report({
        verdict: "refused",
        message: `${sentence(operator.title)} refuses the change of ${field.slice(1).join(".")} of ${nameOf(after.resource)} ("${says}"): none of this change to it is applied.`,
        at: at ?? after.resource.node.nearest(...field),
        point: at === undefined ? "key" : "value",
        related: was === undefined ? [] : [{ message: "was", at: was }],
      });
  },
});
