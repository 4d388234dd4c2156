import { serverImageOf, versionFromImage } from "../../domain/database/server-container.ts";
import { commandLine } from "../../domain/migration/read-migrations.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "dump-client-older-than-server",
  subject: "backup",
  meta: {
    summary: "The dump program is older than the server and refuses to run.",
    rationale:
      "pg_dump aborts when the server's major version is newer than its own. It happens when only the server is upgraded, and is noticed at the next restore.",
    remedy: "Use the server's image, or a newer one, for the backup.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/app-pgdump.html#PG-DUMP-NOTES"],
    quietWhen: "one of the two versions is not known.",
  },
  check({ command, container, databases }, { report }) {
    const program = command === undefined ? undefined : commandLine(command).split(" ")[0];
    if (
      container?.image === undefined ||
      command === undefined ||
      command.execIn !== undefined ||
      (program !== "pg_dump" && program !== "pg_dumpall" && program !== "pg_basebackup")
    )
      return;
    const family = serverImageOf(container.image);
    const client =
      family?.engine === "postgresql"
        ? Number(/^\d+/.exec(versionFromImage(container.image, family) ?? "")?.[0])
        : Number.NaN;
    for (const database of databases) {
      if (
        !Number.isInteger(client) ||
        database.major === undefined ||
        database.engine !== "postgresql" ||
        client >= database.major
      )
        continue;
      report({
        message: `${program} ${client} refuses PostgreSQL ${database.major} of ${nameOf(database.resource)} ("${program === "pg_basebackup" ? "incompatible server version" : "server version mismatch"}"): every backup fails.`,
        at: container.image.node,
        related: [{ message: `PostgreSQL ${database.major}`, at: database.version.at }],
      });
      return;
    }
  },
});
