import { isPlainImage } from "../../domain/database/plain-image.ts";
import { sqlFor, statementsLike } from "../../domain/database/sql-for-server.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "publication-without-logical-wal",
  subject: "database",
  meta: {
    summary: "A publication is made on a server that writes no WAL for logical replication.",
    rationale:
      "CREATE PUBLICATION succeeds with a warning. Each subscriber and each change-data-capture connector then fails when it makes its slot: `logical decoding requires wal_level >= logical`. The setting needs a restart.",
    remedy: "Start the server with `-c wal_level=logical`.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Job", "CronJob", "ConfigMap", "Deployment", "Pod"],
    references: ["https://www.postgresql.org/docs/current/logical-replication-config.html"],
    quietWhen: "wal_level is logical or not in view, or an operator writes the settings.",
  },
  check(database, { workspace, report }) {
    const { engine, settings, operator } = database;
    if (engine !== "postgresql" || operator !== undefined || !isPlainImage(database) || !settings.isComplete) return;
    const level = settings.get("wal_level");
    if (level !== undefined && (level.value === undefined || level.value === "logical")) return;
    for (const script of sqlFor(database, workspace))
      for (const { match, at } of statementsLike(script, created)) {
        report({
          message: `Publication ${match[1] ?? ""} has no subscribers: ${nameOf(database.resource)} runs with wal_level ${level?.value ?? "replica (the default)"}, and a subscription cannot make its slot ("logical decoding requires wal_level >= logical").`,
          at,
        });
        return;
      }
  },
});

const created = /^CREATE\s+PUBLICATION\s+"?(\w+)/i;
