import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Resource } from "../../kube/resource.ts";
import { askingOf } from "./engines.ts";
import { kubectl, quoted } from "./shell.ts";
import { dumpFile, inPod, isNamed, podsOf, runnerOf, selectorText } from "./stack.ts";

// Steps of a change that nobody has written yet: lines of Markdown with the names of the stack, for the procedure of a rule.

/** A command as a step shows it. */
export const code = (command: string): string => `\`${command}\``;

/** A command in the server's own container; undefined: an operator makes the Pods, or a name is filled in later. */
export function onServer(database: Database, script: string | undefined, options = ""): string | undefined {
  const { workload, container, resource } = database;
  if (script === undefined || workload === undefined || container === undefined || !isNamed(resource)) return undefined;
  return inPod(runnerOf(resource), database, script, options);
}

const serverPrograms: Partial<Readonly<Record<Engine, string>>> = {
  postgresql: "postgres",
  mysql: "mysqld",
  mariadb: "mariadbd",
  mongodb: "mongod",
  redis: "redis-server",
  valkey: "valkey-server",
};

export function askVersion(database: Database): string {
  const program = serverPrograms[database.engine];
  const command = onServer(database, program === undefined ? undefined : `${program} --version`);
  return `Ask the running server for its version${command === undefined ? "" : `: ${code(command)}`}.`;
}

export function dumpAndTry(database: Database): string {
  const command = onServer(database, askingOf(database)?.dump);
  return command === undefined
    ? `Take a backup of ${nameOf(database.resource)}, and restore it once somewhere else.`
    : `Take a dump, and restore it once somewhere else: ${code(`${command} > ${dumpFile(database.resource, database)}`)}.`;
}

export function restoreDump(database: Database): string {
  const command = onServer(database, askingOf(database)?.load, "-i ");
  return command === undefined
    ? `Restore the backup into ${nameOf(database.resource)}.`
    : `Restore the dump: ${code(`${command} < ${dumpFile(database.resource, database)}`)}.`;
}

export function compareData(database: Database): string {
  const command = onServer(database, askingOf(database)?.list);
  return `Compare databases and sizes with those of before${command === undefined ? "" : `: ${code(command)}`}.`;
}

/** What `plan` makes of a change that is written and not applied yet. */
export const planIt = (what: string): string =>
  `Let ${code("kubectl dbops plan --since HEAD")} write the commands of that change: ${what}.`;

/** Shows what the Pods of a workload use now; undefined: a name is filled in later. */
export function usageNow(resource: Resource): string | undefined {
  if (!isNamed(resource)) return undefined;
  const runner = runnerOf(resource);
  const [pod] = runner.replicas === 1 ? (podsOf(runner) ?? []) : [];
  const labels = selectorText(resource);
  const which = pod !== undefined ? ` ${pod}` : labels === undefined ? "" : ` -l ${quoted(labels)}`;
  return `${kubectl(resource)} top pod${which} --containers`;
}
