import { commandsOfArgv } from "../../embedded/argv.ts";
import { type Command, isSaid, programOf } from "../../embedded/command.ts";
import { migrationTools } from "../../facts/migration-tools.ts";
import type { Container } from "../../kube/container.ts";
import { bareSql, sqlGivenTo } from "../../kube/given-sql.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import type { Workload } from "../../kube/workload.ts";
import { isIn } from "../../text/scan.ts";
import { known } from "../../yaml/fact.ts";
import type { Migration } from "../model/migration.ts";
import type { HostReference } from "../model/reach.ts";

/** The words of a command as one line: program without directory, unknown words as written. */
export function commandLine(command: Command): string {
  return command.words
    .map((word, index) => (index === 0 ? (word.text ?? word.raw).replace(/^.*\//, "") : (word.text ?? word.raw)))
    .join(" ");
}

/** Schema migrations that the containers of a workload run. */
export function readMigrations(
  workload: Workload,
  hostsIn: (container: Container) => readonly HostReference[],
): readonly Migration[] {
  const migrations: Migration[] = [];
  const isJob = workload.resource.kind === "Job" || workload.resource.kind === "CronJob";
  for (const container of workload.containers) {
    const where = isJob && container.role !== "init" ? "job" : container.role === "init" ? "init" : "start-command";
    const found =
      findTool(container) ??
      (isJob && workload.resource.kind === "Job" ? findScript(container) : undefined) ??
      (isJob || container.role === "init" ? undefined : findSwitch(container));
    if (found === undefined) continue;
    migrations.push({
      ...found,
      container,
      workload,
      where: isJob ? "job" : where,
      get hosts() {
        return hostsIn(container);
      },
    });
  }
  return migrations;
}

type Found = Pick<Migration, "tool" | "lock" | "wait" | "command">;

function findTool(container: Container): Found | undefined {
  const ofImage = findImage(container);
  if (ofImage !== undefined) return ofImage;
  for (const command of [...container.commands, ...commandsAfterStart(container)]) {
    if (isSaid(command)) continue;
    // Arguments that begin with a flag are for the image's own program.
    if (!container.overridesEntrypoint && command.words[0]?.raw.startsWith("-") === true) continue;
    const line = commandLine(command);
    const tool = migrationTools.find((candidate) => isIn(line, candidate.command));
    if (tool !== undefined) return { tool: tool.tool, lock: tool.lock, wait: tool.wait, command };
  }
  return undefined;
}

/** The image of a tool, with arguments for it. */
function findImage(container: Container): Found | undefined {
  if (container.overridesEntrypoint || container.image === undefined) return undefined;
  const { name } = container.image;
  const tool = migrationTools.find((candidate) => candidate.image?.test(name));
  if (tool === undefined) return undefined;
  const line = `${tool.tool.toLowerCase().replace("golang-", "")} ${container.argv.map((word) => word.value ?? "?").join(" ")}`;
  return isIn(line, tool.command) || (container.argv.length === 0 && tool.tool === "dbmate")
    ? { tool: tool.tool, lock: tool.lock, wait: tool.wait, command: undefined }
    : undefined;
}

/** What the kubelet runs in the container once it has started. */
function commandsAfterStart(container: Container): readonly Command[] {
  return execHandlersOf(container).flatMap(({ name, node }) => {
    if (name !== "postStart") return [];
    const argv = node.items().map((item) => known(item.text() ?? "", item));
    return commandsOfArgv(argv, (path) => container.fileAt(path)).commands;
  });
}

/** Variables that have a framework migrate when the application starts. */
const switches: ReadonlyMap<string, string> = new Map([
  ["QUARKUS_FLYWAY_MIGRATE_AT_START", "Flyway"],
  ["QUARKUS_LIQUIBASE_MIGRATE_AT_START", "Liquibase"],
  ["SPRING_FLYWAY_ENABLED", "Flyway"],
  ["SPRING_LIQUIBASE_ENABLED", "Liquibase"],
]);

function findSwitch({ environment }: Container): Found | undefined {
  for (const { name, value } of environment.written()) {
    const switched = value.value?.trim().toLowerCase() === "true" ? switches.get(name) : undefined;
    const tool = migrationTools.find((candidate) => candidate.tool === switched);
    if (tool !== undefined) return { tool: tool.tool, lock: tool.lock, wait: tool.wait, command: undefined };
  }
  return undefined;
}

/** psql, with a script that changes tables; one that makes roles or a database prepares a server. */
function findScript(container: Container): Found | undefined {
  for (const command of container.commands) {
    if (programOf(command) !== "psql") continue;
    const scripts = sqlGivenTo(command, container).filter(({ by }) => by === "script");
    const sql = scripts.map((each) => bareSql(each.sql)).join(";\n");
    const isMigration = scripts.length === 0 ? readsMigrations(command, container) : changesTables.test(sql);
    if (isMigration && !preparesServer.test(sql)) return { tool: "psql", lock: "none", wait: undefined, command };
  }
  return undefined;
}

/** A file that is not in view, in a folder that says what it holds: `/migrations/012.sql`, or each of them in a loop. */
function readsMigrations({ words, readsFrom }: Command, { argv }: Container): boolean {
  const given = words.findIndex(({ text }) => text === "-f" || text === "--file");
  const file = readsFrom ?? (given < 0 ? undefined : words[given + 1]);
  if (file === undefined) return false;
  if (file.text !== undefined) return /\/migrations?\/[^/]*\.sql$/.test(file.text);
  return argv.some(({ value }) => value !== undefined && /\/migrations?\/[^/\s]*\*\.sql\b/.test(value));
}

const changesTables =
  /(?:^|;)\s*(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:(?:UNIQUE|UNLOGGED|MATERIALIZED)\s+)?(?:TABLE|INDEX|VIEW|TYPE|SEQUENCE|TRIGGER|FUNCTION|PROCEDURE)\b/i;
const preparesServer = /(?:^|;)\s*CREATE\s+(?:DATABASE|ROLE|USER)\b/i;
