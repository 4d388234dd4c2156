import { expandedText } from "../../domain/backup/dump-directory.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { type Command, programOf, type Word, writtenLine } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "configuration-in-data-directory",
  subject: "database",
  meta: {
    summary: "A file is mounted or written inside PostgreSQL's data directory before initdb fills it.",
    rationale:
      "Because of the file the directory is not empty when initdb runs: `directory exists but is not empty`, and no database is ever created (measured on 15 and 16).",
    remedy:
      "Mount the file elsewhere (`/etc/postgresql/postgresql.conf`) and point to it: `-c config_file=/etc/postgresql/postgresql.conf`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://hub.docker.com/_/postgres#database-configuration"],
    quietWhen:
      "the image does not use the official entrypoint, or the script makes the data directory itself or looks at PG_VERSION first.",
  },
  check(database, { report }) {
    const { container, engine, resource, dataDirectory } = database;
    const path = dataDirectory?.path.value;
    const directory = path === undefined ? undefined : directoryPath(path);
    if (engine !== "postgresql" || container === undefined || directory === undefined) return;
    const early = writesBeforeEntrypoint(container, directory);
    if (early !== undefined) {
      report({
        message: `${serverName(database)} of ${nameOf(resource)} never creates its database: the script writes ${early.path} before the entrypoint runs, and initdb requires ${directory} to be empty.`,
        at: early.at,
      });
      return;
    }
    if (container.overridesEntrypoint) return;
    const mount = container.mounts.find(
      ({ mountPath, volume }) =>
        mountPath.startsWith(`${directory}/`) && (volume?.source === "config-map" || volume?.source === "secret"),
    );
    if (mount === undefined) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} never creates its database: ${mount.mountPath} is inside the data directory ${directory}, which initdb requires to be empty.`,
      at: mount.node.nearest("mountPath"),
    });
  },
});

/** What a start script redirects into the directory on its way to the entrypoint, whatever it finds there. */
function writesBeforeEntrypoint(
  { commands, workload }: Container,
  directory: string,
): { readonly path: string; readonly at: Word } | undefined {
  const start = commands.findIndex(({ words }) => words.some(({ text }) => text?.endsWith("docker-entrypoint.sh")));
  if (start < 0 || workload.containers.some((each) => each.commands.some(makesDirectory))) return undefined;
  for (const command of commands.slice(0, start)) {
    const { writesTo: at, isConditional, declaredIn } = command;
    if (at === undefined || isConditional || declaredIn !== undefined) continue;
    const path = expandedText(at.raw, command).replace(/\$(?:PGDATA\b|\{PGDATA\})/, () => directory);
    if (path.startsWith(`${directory}/`)) return { path, at };
  }
  return undefined;
}

function makesDirectory(command: Command): boolean {
  return makers.has(programOf(command)) || writtenLine(command).includes("PG_VERSION");
}

const makers = new Set(["initdb", "pg_basebackup", "pg_ctl", "tar", "rsync", "wal-g", "pgbackrest"]);
