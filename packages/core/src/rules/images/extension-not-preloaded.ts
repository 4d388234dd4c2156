import { isPlainImage } from "../../domain/database/plain-image.ts";
import { sqlFor, statementsLike } from "../../domain/database/sql-for-server.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "extension-not-preloaded",
  subject: "database",
  meta: {
    summary: "pg_stat_statements is created, but the server does not load its library.",
    rationale:
      "CREATE EXTENSION succeeds without the library. Every query of the view then fails with `pg_stat_statements must be loaded via shared_preload_libraries`, and monitoring that reads it shows nothing.",
    remedy: "Start the server with `-c shared_preload_libraries=pg_stat_statements`.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Job", "CronJob", "ConfigMap", "Deployment", "Pod"],
    references: ["https://www.postgresql.org/docs/current/pgstatstatements.html"],
    quietWhen: "the settings are not all in view, or an operator writes them.",
  },
  check(database, { workspace, report }) {
    const { engine, settings, operator } = database;
    if (engine !== "postgresql" || operator !== undefined || !isPlainImage(database) || !settings.isComplete) return;
    const preloaded = settings.get("shared_preload_libraries");
    if (preloaded !== undefined && (preloaded.value === undefined || preloaded.value.includes("pg_stat_statements")))
      return;
    for (const script of sqlFor(database, workspace))
      for (const { at } of statementsLike(script, created)) {
        report({
          message: `pg_stat_statements collects nothing: ${nameOf(database.resource)} does not load it (shared_preload_libraries${preloaded === undefined ? " is empty by default" : ` ${preloaded.value}`}), and queries of the view fail.`,
          at,
        });
        return;
      }
  },
});

const created = /^CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?pg_stat_statements\b/i;
