import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "wal-archive-goes-nowhere",
  subject: "database",
  meta: {
    summary: "archive_command copies to a directory that no volume holds.",
    rationale:
      "Without the directory each segment fails: PostgreSQL keeps them all in pg_wal until the volume of the data is full, and then stops. In the container's own layer the archive is gone with the container.",
    remedy: "Mount a volume of its own there, or archive to an object store (pgBackRest, WAL-G, Barman).",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/continuous-archiving.html"],
    quietWhen: "archiving is off, the command is no plain copy, or a mount's path is filled in later.",
  },
  check(database, { report }) {
    const { engine, settings, container, dataDirectory, resource } = database;
    if (engine !== "postgresql" || container === undefined || !container.filesAreComplete) return;
    const mode = settings.get("archive_mode")?.value;
    const command = settings.get("archive_command");
    if (command?.value === undefined || (mode !== "on" && mode !== "always")) return;
    const target = targetOf(command.value);
    if (target === undefined) return;
    const mount = container.mountAt(target);
    const isData = mount !== undefined && mount.name === dataDirectory?.mount?.name;
    const isTemporary = mount?.volume?.source === "empty-dir" || mount?.volume?.source === "memory";
    if (mount !== undefined && !isData && !isTemporary) return;
    const server = `${serverName(database)} of ${nameOf(resource)}`;
    const where =
      mount === undefined
        ? "no volume is mounted there"
        : isData
          ? "that is the volume of the data"
          : "that is an emptyDir";
    const effect =
      mount === undefined
        ? "each segment fails and stays in pg_wal until the disk is full"
        : isData
          ? "what loses the data loses the archive too"
          : "the archive is gone with the Pod";
    report({
      message: `${server} archives its WAL to ${target}, and ${where}: ${effect}.`,
      at: command.at,
      ...(mount === undefined ? {} : { severity: "warning" as const }),
    });
  },
});

/** The directory of `cp %p /archive/%f`; undefined for anything else. */
function targetOf(command: string): string | undefined {
  const copy = command.split("&&").at(-1)?.trim().split(/\s+/) ?? [];
  const [program, source, target = ""] = copy[1] === "-i" ? [copy[0], copy[2], copy[3]] : copy;
  if (program !== "cp" || source?.replaceAll(/["']/g, "") !== "%p") return undefined;
  return /^["']?(\/[\w./-]+)\/%f["']?$/.exec(target)?.[1];
}
