import { usualDataMount } from "../../domain/database/evident-server.ts";
import { nameOf } from "../../domain/model/names.ts";
import { type Command, linesOf, writtenLine } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "startup-script-deletes-data",
  subject: "database",
  meta: {
    summary: "A script that runs at every start deletes files in the data directory.",
    rationale:
      "Such a script empties the directory after a check that works today: a marker file, an exit status, a version. A restored volume, a renamed file or a change to the script flips the check. A chart's patch release wiped databases that way.",
    remedy: "Move the directory aside instead of deleting it, or exit with an error and let a person decide.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/CloudPirates-io/helm-charts/issues/739"],
    quietWhen:
      "only lost+found, a lock, a socket or a pid file goes, the script copies another server's data, or it is not in view.",
  },
  check(database, { report }) {
    const { container, workload, resource, dataDirectory, durability } = database;
    if (workload === undefined || container === undefined || durability !== "durable") return;
    // Whatever the version: a volume where the engine's images keep data, or kept it, is not to be emptied.
    const data = dataDirectory?.mount ?? usualDataMount(container, database.engine);
    const volume = data?.volume?.name;
    const directory = dataDirectory?.path.value ?? data?.mountPath;
    if (data === undefined || volume === undefined || directory === undefined) return;
    // A replica that copies the primary anew makes room for it.
    const commands = workload.containers.flatMap((each) => each.commands);
    const lines = linesOf(commands).filter((line) => !line.startsWith("git "));
    if (
      lines.some((line) =>
        /pg_basebackup|pg_rewind|xtrabackup|mariabackup|mariadb-backup|clone|wal-g|pgbackrest/.test(line),
      )
    )
      return;
    for (const each of workload.containers) {
      // The same volume may be mounted elsewhere in an init container.
      const mount = each === container ? data : each.mounts.find((other) => other.name === volume);
      if (mount === undefined) continue;
      for (const command of each.commands) {
        const target = deletedPath(command, each === container ? [directory, mount.mountPath] : [mount.mountPath]);
        if (target === undefined) continue;
        report({
          message: `${each.role === "init" ? `Init container ${each.name}` : `Container ${each.name}`} of ${nameOf(resource)} runs ${shown(command)} at every start: whatever it checks first, one day the check is wrong and the data is gone.`,
          at: command.words[0] ?? command,
          related: [{ message: "the data directory", at: mount.node }],
        });
        return;
      }
    }
  },
});

const harmless =
  /lost\+found|\.lock|\.pid|\.sock|\.tmp|\/tmp|pg_internal\.init|recovery\.(signal|conf)|standby\.signal|grastate|auto\.cnf/;

/** What `rm -r` or `find … -delete` removes below one of the directories; undefined: nothing of them. */
function deletedPath(command: Command, directories: readonly string[]): string | undefined {
  const words = command.words.map((word) => word.raw.replaceAll(/["']/g, ""));
  const program = (words[0] ?? "").replace(/^.*\//, "");
  const isRemove = program === "rm" && words.some((word) => /^-\w*[rR]|^--recursive$/.test(word));
  const isFind = program === "find" && (words.includes("-delete") || /-exec\s+rm\b/.test(words.join(" ")));
  if (!isRemove && !isFind) return undefined;
  return words.slice(1).find((word) => {
    if (harmless.test(word)) return false;
    const path = word.replace(/\$\{?PGDATA\}?/, directories[0] ?? "");
    return directories.some((directory) => path === directory || path.startsWith(`${directoryPath(directory)}/`));
  });
}

function shown(command: Command): string {
  const line = writtenLine(command);
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
