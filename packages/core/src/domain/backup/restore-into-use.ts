import { type Command, commandsAfter, programOf, writtenLine } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Database } from "../model/database.ts";
import { identityOf } from "../model/names.ts";
import { databasesAt, type HostReference } from "../model/reach.ts";
import type { Topology } from "../model/topology.ts";
import type { Workspace } from "../model/workspace.ts";
import { assignedHost, hostsOfCommandAlone } from "./command-hosts.ts";
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

/**
 * Whether Jobs restore into a database that no application uses, or may: it is there to be restored into, and holds nothing of its
 * own. A Job of whose target nothing is known may mean any.
 */
export function isForRestoreTests(
  database: Database,
  { resources, topology }: Pick<Workspace, "resources" | "topology">,
): boolean {
  if (topology.clients.some(({ container, host }) => isApplication(container) && reaches(host, database))) return false;
  return [...resources.ofKind("Job"), ...resources.ofKind("CronJob")].some((resource) => {
    const commands = new Set(restoreCommands(resource));
    return (resource.workload?.containers ?? []).some((container) =>
      container.commands.some((command) => {
        if (!commands.has(command)) return false;
        const targets = targetsOf(command, container, topology);
        return targets.length === 0 || targets.some((each) => isSame(each, database));
      }),
    );
  });
}

function reaches(host: HostReference, database: Database): boolean {
  return databasesAt(host.reaches).some((each) => isSame(each, database));
}

function targetsOf(command: Command, container: Container, topology: Topology): readonly Database[] {
  const assigned = assignedHost(command, container.commands, container);
  if (assigned !== undefined) return databasesAt(topology.reachOf(assigned.host, container));
  const hosts = hostsOfCommandAlone(command, container.commands, topology.hostsIn(container));
  return hosts.flatMap(({ reaches }) => databasesAt(reaches));
}

function isUsed(target: Database, database: Database, { clients }: Topology): boolean {
  return (
    isSame(target, database) || clients.some(({ container, host }) => isApplication(container) && reaches(host, target))
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
