import { isPlainImage } from "../../domain/database/plain-image.ts";
import { sqlFor, statementsLike } from "../../domain/database/sql-for-server.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { cnpgExtensions, foreignExtensions } from "../../facts/postgres-extensions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "extension-not-in-image",
  subject: "database",
  meta: {
    summary: "CREATE EXTENSION names an extension that the server's image does not contain.",
    rationale:
      'PostgreSQL answers `extension "…" is not available` and the statement fails: in /docker-entrypoint-initdb.d the server stops before its first start is complete, in a migration the release stops. The official image holds the extensions of PostgreSQL itself, CloudNativePG\'s also pgaudit and vector.',
    remedy:
      "Use an image that contains it (`pgvector/pgvector:pg17`, `postgis/postgis:17-3.5`, `timescale/timescaledb:latest-pg17`), or build one on top of this image.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Job", "CronJob", "ConfigMap", "Deployment", "Pod"],
    references: [
      "https://www.postgresql.org/docs/current/sql-createextension.html",
      "https://github.com/docker-library/docs/blob/master/postgres/README.md#additional-extensions",
    ],
    quietWhen: "the image is another one, a volume may hold the extension, or dbops does not know it.",
  },
  check(database, { workspace, report }) {
    if (database.engine !== "postgresql" || !isPlainImage(database)) return;
    const isCnpg = database.operator !== undefined;
    for (const script of sqlFor(database, workspace))
      for (const { match, at } of statementsLike(script, created)) {
        const name = match[1]?.toLowerCase() ?? "";
        if (!foreignExtensions.has(name) || (isCnpg && cnpgExtensions.has(name))) continue;
        const image = database.image === undefined ? "CloudNativePG's image" : serverName(database);
        report({
          message: `CREATE EXTENSION ${name} fails: ${image} of ${nameOf(database.resource)} does not contain it.`,
          at,
        });
        return;
      }
  },
});

const created = /^CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)/i;
