import { writtenLine } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "dump-is-plain-sql",
  subject: "backup",
  meta: {
    summary: "pg_dump writes plain SQL instead of an archive format.",
    rationale:
      "Plain SQL is restored by a single psql, statement by statement, all or nothing. The custom and directory formats are compressed, can be restored in parallel or table by table, and `pg_restore --list` checks them.",
    remedy: "Use `pg_dump --format=custom` (or `directory` with `--jobs`), and `pg_restore --jobs`.",
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
      message: `This dump is plain SQL${isCompressed ? "" : " and not compressed"}: it restores through a single psql, and you cannot restore one table from it.`,
      at: command.words[0] ?? command,
    });
  },
});

const chosen = /\s(-F\s*[cdt]|--format[= ]["']?[cdt]|-s|--schema-only|-Z|--compress)/;
