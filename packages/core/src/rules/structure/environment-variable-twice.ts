import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "environment-variable-twice",
  subject: "container",
  meta: {
    summary: "A variable with a database connection is set twice, with different values.",
    rationale:
      "The last one silently wins: correcting a password or host in the first one changes nothing. Server-side apply refuses the object.",
    remedy: "Remove one of the two.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy"],
    quietWhen: "both say the same, or the variable has nothing to do with a database.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    const items = container.node.at("env")?.items() ?? [];
    if (items.length < 2) return;
    const firstOf = new Map<string, (typeof items)[number]>();
    for (const item of items) {
      const name = item.text("name") ?? "";
      const first = firstOf.get(name);
      if (first === undefined) {
        firstOf.set(name, item);
        continue;
      }
      const isOurs = workspace.topology.concerns(workload) || databaseWord.test(name);
      if (!isOurs || /[$<{]/.test(name) || JSON.stringify(first.value) === JSON.stringify(item.value)) continue;
      report({
        message: `${name} of ${nameOf(workload.resource)} is set twice in container ${container.name}: the second one wins, the first one has no effect.`,
        at: item.nearest("name"),
        related: [{ message: "the first one", at: first.nearest("name") }],
      });
    }
  },
});

const databaseWord =
  /(^|_)(PG|POSTGRES|POSTGRESQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY)(_|$)|^PG/;
