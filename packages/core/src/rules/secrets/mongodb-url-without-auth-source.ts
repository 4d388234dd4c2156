import { dsnsTo } from "../../domain/client/client-dsn.ts";
import { serverImageOf } from "../../domain/database/server-container.ts";
import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "mongodb-url-without-auth-source",
  subject: "client",
  meta: {
    summary: "A MongoDB URL names a database, and its user lives in another one.",
    rationale:
      "MONGO_INITDB_ROOT_USERNAME makes the user in database `admin`. A URL with `/shop` and no `authSource` looks the user up in `shop`: `Authentication failed`.",
    remedy: "Add `?authSource=admin` to the URL.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/docker-library/mongo/issues/403",
      "https://www.mongodb.com/docs/manual/reference/connection-string-options/#mongodb-urioption-urioption.authSource",
    ],
    quietWhen:
      "the URL has authSource or parameters that are filled in later, names another user or no database, or a mounted script may make the user there.",
  },
  check({ container, host }, { report }) {
    const { reaches } = host;
    if (reaches.state !== "database" || reaches.database.engine !== "mongodb") return;
    const { database } = reaches;
    const server = database.container;
    if (server === undefined || serverImageOf(database.image)?.family !== "mongo") return;
    const root = server.environment.get("MONGO_INITDB_ROOT_USERNAME")?.value;
    // A script beside the entrypoint may make the user elsewhere, too.
    const mayHaveScripts = server.mounts.some(
      ({ mountPath }) => mountPath.startsWith("/docker-entrypoint-initdb.d") || hasPlaceholder(mountPath),
    );
    if (root === undefined || mayHaveScripts) return;
    for (const { dsn, setting, parameters } of dsnsTo(container, host)) {
      if (dsn.protocol !== "mongodb" || dsn.user !== root || dsn.passwordSpan === undefined || !dsn.isComplete)
        continue;
      if (dsn.databaseName === undefined || dsn.databaseName === "admin") continue;
      if (parameters.has("authsource") || parameters.has("authmechanism")) continue;
      report({
        message: `${nameOf(container.workload.resource)} cannot log in to ${nameOf(database.resource)}: ${setting.name} looks user ${root} up in database ${dsn.databaseName}, and the image makes it in admin (no authSource).`,
        at: host,
        related: [{ message: "the user", at: server.environment.get("MONGO_INITDB_ROOT_USERNAME")?.at ?? host }],
      });
      return;
    }
  },
});
