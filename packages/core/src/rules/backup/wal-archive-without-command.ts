import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "wal-archive-without-command",
  subject: "database",
  meta: {
    summary: "archive_mode is on and no archive_command is set.",
    rationale:
      "The server marks each finished segment for archiving and keeps it until a command has taken it. Without one pg_wal grows until the volume is full, and then the server stops.",
    remedy: "Set archive_command (or archive_library), or `archive_mode = off`, which needs a restart.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-ARCHIVE-COMMAND"],
    quietWhen: "a configuration file is not in view, or an operator sets the command.",
  },
  check(database, { report }) {
    const { engine, settings, resource, operator } = database;
    if (engine !== "postgresql" || operator !== undefined) return;
    const mode = settings.get("archive_mode");
    if (mode?.value !== "on" && mode?.value !== "always") return;
    const command = settings.get("archive_command");
    const library = settings.get("archive_library");
    const isEmpty = command === undefined ? settings.isComplete : command.value?.trim() === "";
    if (!isEmpty || (library !== undefined && library.value?.trim() !== "")) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} keeps all WAL until its volume is full: archive_mode is ${mode.value} and ${command === undefined ? "no archive_command is set" : "archive_command is empty"}.`,
      at: mode.at,
    });
  },
});
