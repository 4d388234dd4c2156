import { nameOf, serverName } from "../../domain/model/names.ts";
import { type Command, programOf } from "../../embedded/command.ts";
import { parseShell } from "../../embedded/shell.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "wal-archive-hides-failure",
  subject: "database",
  meta: {
    summary: "archive_command succeeds although nothing was archived.",
    rationale:
      "PostgreSQL recycles a segment as soon as archive_command exits with 0. With `|| true` or a closing command that always succeeds, a full or missing archive loses the segment for good: every restore stops at the gap, and nothing reports it.",
    remedy:
      "Let the copy decide the exit status: `test ! -f /wal/%f && cp %p /wal/%f`. PostgreSQL keeps the segment and tries again.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-ARCHIVING-WAL"],
    quietWhen:
      "archiving is off, or the command is a script of its own. `/bin/true` alone switches archiving off on purpose (an info in `all`).",
  },
  check(database, { report }) {
    const { engine, settings, resource } = database;
    const mode = settings.get("archive_mode")?.value;
    const command = settings.get("archive_command");
    if (engine !== "postgresql" || command?.value === undefined || (mode !== "on" && mode !== "always")) return;
    const { at } = command;
    const commands = parseShell(command.value, { program: "sh", errexit: false, pipefail: false }, () => at);
    const copies = commands.filter((each) => !says.test(programOf(each)));
    const server = `${serverName(database)} of ${nameOf(resource)}`;
    if (commands.length > 0 && copies.length === 0) {
      report({
        message: `${server} keeps no WAL: archive_command "${command.value}" succeeds without copying anything, so no restore goes beyond the last base backup.`,
        at,
        severity: "info",
        presets: [],
      });
      return;
    }
    if (copies.length === 0 || copies.some(reachesExit)) return;
    const how = copies.some(({ isFailureIgnored }) => isFailureIgnored)
      ? '"||" swallows the exit status of its archive_command'
      : `its archive_command ends with "${programOf(commands.at(-1) ?? { words: [] })}"`;
    report({
      message: `${server} recycles WAL that was never archived: ${how}, so a failed copy counts as done. A restore stops at the missing segment.`,
      at,
    });
  },
});

/** Programs that copy nothing and cannot fail. */
const says = /^(?:true|:|echo|printf|exit|date|logger|sleep)$/;

function reachesExit(command: Command): boolean {
  for (let each: Command | undefined = command; each !== undefined; each = each.feeds)
    if (each.decidesExit) return true;
  return false;
}
