import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "cnpg-init-sql-in-postgres",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "SQL for the application's database runs in database postgres.",
    rationale:
      "`postInitSQL` runs as superuser in database `postgres`. An extension, schema or table made there is missing in the application's own database, and the SQL never runs again.",
    remedy:
      "Move the statements to `postInitApplicationSQL` for new clusters; in an existing one run them in the application's database.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/documentation/current/bootstrap/#executing-queries-after-initialization"],
    quietWhen:
      "the application's database is postgres, or the statement is about the whole server (roles, databases, ALTER SYSTEM), or its parameters make CloudNativePG create the extension in every database (pg_stat_statements, pgaudit).",
  },
  check({ resource }, { report }) {
    const init = resource.node.at("spec", "bootstrap", "initdb");
    const database = init?.text("database") ?? "app";
    if (database === "postgres") return;
    const found = (init?.at("postInitSQL")?.items() ?? []).flatMap((item) => {
      const made = ofOneDatabase.exec(item.text() ?? "");
      return made === null || isMadeByOperator(made[2] ?? "", resource.node)
        ? []
        : [{ at: item, made: `${made[1]?.toLowerCase() ?? ""} ${made[2] ?? ""}` }];
    });
    const [first] = found;
    if (first === undefined) return;
    report({
      message: `${nameOf(resource)} makes ${found.map(({ made }) => made).join(", ")} in database postgres: postInitSQL does not run in ${database}.`,
      at: first.at,
      related: found.slice(1, 5).map(({ made, at }) => ({ message: made, at })),
    });
  },
});

/** What exists in one database only. */
const ofOneDatabase =
  /^\s*create\s+(?:or\s+replace\s+)?(extension|schema|table|function|view|type|sequence|materialized view)\s+(?:if\s+not\s+exists\s+)?"?(\w+)/i;

/**
 * Extensions that CloudNativePG creates in every database once a parameter of theirs is set.
 * https://cloudnative-pg.io/documentation/current/postgresql_conf/#managed-extensions
 */
const managed: ReadonlySet<string> = new Set(["pg_stat_statements", "pgaudit"]);

function isMadeByOperator(extension: string, cluster: YamlNode): boolean {
  if (!managed.has(extension.toLowerCase())) return false;
  const parameters = cluster.at("spec", "postgresql", "parameters")?.entries() ?? [];
  return parameters.some(([key]) => key.startsWith(`${extension.toLowerCase()}.`));
}
