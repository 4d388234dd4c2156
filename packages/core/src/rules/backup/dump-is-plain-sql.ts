import { writtenLine } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "dump-is-plain-sql",
  subject: "backup",
  meta: {
    summary: "pg_dump writes plain SQL, uncompressed or not.",
    rationale:
      "Plain SQL is restored by one psql, statement by statement, whole or not at all. The custom and directory formats are compressed, restore in parallel and single tables, and `pg_restore --list` checks them.",
    remedy: "`pg_dump --format=custom` (or `directory` with `--jobs`), and `pg_restore --jobs`.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/app-pgdump.html"],
    quietWhen: "a format is chosen, or only the schema is dumped.",
  },
  check({ command }, { report }) {
    if (command === undefined) return;
    const line = writtenLine(command);
    if (!/(^|[\s/])pg_dump\s/.test(line) || chosen.test(line)) return;
    const isCompressed = command.feeds !== undefined;
    report({
      message: `This dump is plain SQL${isCompressed ? "" : " and not compressed"}: it restores through one psql, and no single table can be taken from it.`,
      at: command.words[0] ?? command,
    });
  },
});

const chosen = /\s(-F\s*[cdt]|--format[= ]["']?[cdt]|-s|--schema-only|-Z|--compress)/;
