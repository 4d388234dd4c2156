import { clientMajorOf } from "../../domain/backup/client-version.ts";
import { commandLine } from "../../domain/migration/read-migrations.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Command } from "../../embedded/command.ts";
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
    if (container?.image === undefined || command?.execIn !== undefined) return;
    const program = programIn(command);
    const client = clientMajorOf(container.image);
    if (program === undefined || client === undefined) return;
    for (const database of databases) {
      if (database.major === undefined || database.engine !== "postgresql" || client >= database.major) continue;
      report({
        message: `${program} ${client} refuses PostgreSQL ${database.major} of ${nameOf(database.resource)} ("${program === "pg_basebackup" ? "incompatible server version" : "server version mismatch"}"): every backup fails.`,
        at: container.image.node,
        related: [{ message: `PostgreSQL ${database.major}`, at: database.version.at }],
      });
      return;
    }
  },
});

/** The program that refuses a newer server; that of an image that dumps by itself is pg_dump. */
function programIn(command: Command | undefined): string | undefined {
  const program = command === undefined ? "pg_dump" : (commandLine(command).split(" ")[0] ?? "");
  return /^pg_(?:dump|dumpall|basebackup)$/.test(program) ? program : undefined;
}
