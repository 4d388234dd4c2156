import { hidesItsClient } from "../../domain/backup/client-version.ts";
import { nameOf } from "../../domain/model/names.ts";
import { shortImage } from "../../kube/image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-client-unknown",
  subject: "backup",
  meta: {
    summary: "A backup image does not say which pg_dump it has.",
    rationale:
      "pg_dump refuses a server that is newer than itself. A third-party image whose tag is its own version, or that has no tag, may have any: it worked when it was set up, and the next upgrade of the server ends the backups, which people notice when they restore.",
    remedy:
      "Ask the image once (`pg_dump --version`), or dump with the server's own image, whose tag says the version.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/schickling/dockerfiles/issues/163",
      "https://www.postgresql.org/docs/current/app-pgdump.html#PG-DUMP-NOTES",
    ],
    quietWhen: "the server's version is not known, or it is not PostgreSQL.",
  },
  check({ command, container, databases }, { report }) {
    const image = container?.image;
    if (command !== undefined || image === undefined || image.isTemplated || !hidesItsClient(image)) return;
    const server = databases.find(({ engine, major }) => engine === "postgresql" && major !== undefined);
    if (server === undefined) return;
    report({
      message: `${shortImage(image)} does not say which pg_dump it has: one older than ${server.major} refuses ${nameOf(server.resource)}.`,
      at: image.node,
      related: [{ message: `PostgreSQL ${server.major}`, at: server.version.at }],
    });
  },
});
