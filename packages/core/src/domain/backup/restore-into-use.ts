import { type Command, commandsAfter, programOf, writtenLine } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Database } from "../model/database.ts";
import type { Topology } from "../model/topology.ts";
import { identityOf } from "./backup-coverage.ts";
import { hostsOfCommandAlone } from "./command-hosts.ts";
import { databasesAt } from "./read-backups.ts";
import { restoreCommands } from "./restore-tests.ts";

/**
 * Whether all that an object restores goes into the database itself, or into another one that applications use: that replaces data,
 * and tests nothing. A database that the script drops afterward was made for the test.
 */
export function restoresIntoUse(resource: Resource, database: Database, topologies: readonly Topology[]): boolean {
  const commands = new Set(restoreCommands(resource));
  const restoring = (resource.workload?.containers ?? []).flatMap((container) =>
    container.commands.flatMap((command) => (commands.has(command) ? [{ container, command }] : [])),
  );
  const near = topologies.filter(({ databases }) => databases.some((each) => isSame(each, database)));
  return (
    restoring.length > 0 &&
    restoring.every(
      ({ container, command }) =>
        !dropsAfterward(command, container.commands) &&
        near.some((topology) =>
          targetsOf(command, container, topology).some((each) => isUsed(each, database, topology)),
        ),
    )
  );
}

function targetsOf(command: Command, container: Container, topology: Topology): readonly Database[] {
  const hosts = hostsOfCommandAlone(command, container.commands, topology.hostsIn(container));
  return hosts.flatMap(({ reaches }) => databasesAt(reaches));
}

function isUsed(target: Database, database: Database, { clients }: Topology): boolean {
  return (
    isSame(target, database) ||
    clients.some(
      ({ container, host }) =>
        isApplication(container) && databasesAt(host.reaches).some((each) => isSame(each, target)),
    )
  );
}

/** Jobs dump, restore and migrate. */
function isApplication({ workload: { resource } }: Container): boolean {
  return resource.kind !== "Job" && resource.kind !== "CronJob";
}

const dropping = /\bdropdb\b|\bdrop database\b/i;

function dropsAfterward(command: Command, script: readonly Command[]): boolean {
  const traps = script.filter((each) => programOf(each) === "trap");
  return [...commandsAfter(script, command), ...traps].some((each) => dropping.test(writtenLine(each)));
}

function isSame(a: Database, b: Database): boolean {
  return identityOf(a) === identityOf(b);
}
