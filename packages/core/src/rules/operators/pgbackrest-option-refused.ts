import { nameOf } from "../../domain/model/names.ts";
import {
  isPgbackrestOption,
  partsOfOption,
  pgbackrestOptions,
  pgbackrestValues,
} from "../../facts/pgbackrest-options.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";
import { own } from "../../text/own.ts";

export default defineRule({
  id: "pgbackrest-option-refused",
  subject: "resource",
  kinds: ["PostgresCluster", "PerconaPGCluster"],
  meta: {
    summary: "pgBackRest ignores an option, or refuses its value.",
    rationale:
      "The operator copies `spec.backups.pgbackrest.global` into pgbackrest.conf unread. An option that pgBackRest does not have is a warning in its log and nothing else: the retention or encryption that was meant never happens. A value it does not know ends each command with error 032.",
    remedy: "Write the option as pgBackRest spells it.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://pgbackrest.org/configuration.html"],
    quietWhen: "the name is one of an older version, or filled in later.",
  },
  check(resource, { report }) {
    for (const [name, value] of resource.node.at("spec", "backups", "pgbackrest", "global")?.entries() ?? []) {
      if (hasPlaceholder(name)) continue;
      const { group, option } = partsOfOption(name);
      const text = value.text() ?? "";
      if (!isPgbackrestOption(name)) {
        const meant = closest(option, pgbackrestOptions(group), 2);
        const prefix = name.slice(0, name.length - option.length);
        report({
          message: `pgBackRest ignores ${name} of ${nameOf(resource)}: it has no such option${meant === undefined ? "." : `; did you mean ${prefix}${meant}?`}`,
          at: value,
          point: "key",
          severity: "warning",
        });
        continue;
      }
      const allowed = group === "repo" ? own(pgbackrestValues, option) : undefined;
      if (allowed === undefined || text === "" || hasPlaceholder(text) || allowed.includes(text)) continue;
      report({
        message: `Each backup of ${nameOf(resource)} ends with error 032: ${name} is "${text}", and pgBackRest takes ${allowed.join(" or ")}.`,
        at: value,
      });
    }
  },
});
