import { compare } from "../../change/compare.ts";
import { nameOf } from "../../domain/model/names.ts";
import { operatorNamed } from "../../facts/operator-names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "operator-change-refused",
  subject: "change",
  meta: {
    summary: "The change touches a field of a database's resource that its operator lets nobody change.",
    rationale:
      "Operators refuse what they cannot carry out without losing data: a volume for the WAL that is taken away, a tablespace that is dropped, a class for volumes that exist. Their webhook refuses the whole resource, so nothing else of the change is applied either.",
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
    const operator = after?.database?.operator;
    if (before === undefined || after === undefined || isRenamed || operator === undefined) return;
    if (after.resource.isPartial || after.resource.isUnsettled) return;
    for (const { path, against, says } of operator.fixed ?? []) {
      const [old, young] = [before, after].map(({ resource }) => resource.node.at(...path));
      if (old === undefined || old.value === null) continue;
      const isTouched =
        against === "change"
          ? young !== undefined && compare(old.value, young.value) === "different"
          : young === undefined || isAnyGone(old, young);
      if (!isTouched || hasPlaceholder(JSON.stringify(young?.value ?? ""))) continue;
      report({
        verdict: "refused",
        message: `${operatorNamed(operator.name)} refuses the change of ${path.slice(1).join(".")} of ${nameOf(after.resource)} ("${says}"): none of this change to it is applied.`,
        at: young ?? after.resource.node.nearest(...path),
        point: young === undefined ? "key" : "value",
        related: [{ message: "was", at: old }],
      });
    }
  },
});

/** An item of a list is not in it any more. */
function isAnyGone(old: YamlNode, young: YamlNode): boolean {
  const names = new Set(young.items().map((item) => item.text("name")));
  return old.items().some((item) => !names.has(item.text("name")));
}
