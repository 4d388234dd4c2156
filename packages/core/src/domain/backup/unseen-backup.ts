import { type Command, programOf } from "../../embedded/command.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Container } from "../../kube/container.ts";
import type { Backup } from "../model/backup.ts";
import { databasesAt, type HostReference } from "../model/reach.ts";

const calledBackup = /(?:^|[-_/. ])(?:backups?|(?:pg|db|mysql|mongo)_?-?(?:dump|backup)s?)(?:$|[-_/.: ])/;

/** What is also done to backups. */
const otherTasks = /clean|prune|purge|restor|verif|test|check|monitor/;

/** Programs that run somebody's own code. */
const interpreters = /^(?:python3?|node|ruby|php|java|perl|deno|bun)$/;

/**
 * A CronJob that is called a backup and runs a script or program that is not in view: it may take a database of its engine, or of any
 * where neither its names nor its hosts say which.
 */
export function unseenBackup(
  container: Container,
  schedule: Backup["schedule"],
  hostsIn: (container: Container) => readonly HostReference[],
): Backup | undefined {
  const { workload, image, commands } = container;
  const { resource } = workload;
  if (resource.kind !== "CronJob") return undefined;
  if (otherTasks.test(resource.name)) return undefined;
  const isOwnCode = !container.commandsAreComplete || commands.some((command) => runsOwnCode(command, container));
  const words = commands.flatMap((command) => command.words.map(({ raw }) => raw));
  const names = [resource.name, image?.name ?? "", ...words];
  if (!isOwnCode || !names.some((name) => calledBackup.test(name))) return undefined;
  const engine = engineIn([image?.name ?? "", resource.name, ...words].join(" "));
  let hosts: readonly HostReference[] | undefined;
  return {
    method: "dump",
    engine,
    resource,
    container,
    schedule,
    get hosts() {
      // Of the hosts of an application that has backups among its tasks only databases count.
      hosts ??= hostsIn(container).filter(({ reaches }) => databasesAt(reaches).length > 0);
      return hosts;
    },
    databases: [],
    isUnseen: true,
    command: undefined,
    script: commands,
  };
}

/** `python -m backup`, or a script that no ConfigMap in view has: `bash /scripts/backup.sh`. */
function runsOwnCode(command: Command, container: Container): boolean {
  if (interpreters.test(programOf(command))) return true;
  const [program, ...operands] = command.words.map(({ text }) => text ?? "");
  const isShell = /^(?:ba|da|k|z|a)?sh$/.test(programOf(command));
  const script = isShell ? operands.find((word) => !word.startsWith("-")) : program;
  return script !== undefined && /\.(?:sh|py|js|rb|pl)$/.test(script) && container.fileAt(script)?.value === undefined;
}

function engineIn(text: string): Engine | undefined {
  const engines: readonly (readonly [RegExp, Engine])[] = [
    [/postgres|\bpg[-_]?(?:dump|backup)|pgsql/, "postgresql"],
    [/mysql|mariadb/, "mysql"],
    [/mongo/, "mongodb"],
    [/redis|valkey/, "redis"],
    [/etcd/, "etcd"],
    [/elasticsearch/, "elasticsearch"],
    [/cassandra/, "cassandra"],
  ];
  const found = engines.filter(([pattern]) => pattern.test(text));
  return found.length === 1 ? found[0]?.[1] : undefined;
}
