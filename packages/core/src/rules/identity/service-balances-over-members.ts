import { primaryOf } from "../../domain/database/redis-replication.ts";
import { primaryProbe } from "../../domain/database/role-probes.ts";
import { clientsThrough } from "../../domain/hosts/host-index.ts";
import { leadsToServer } from "../../domain/hosts/service-port.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "service-balances-over-members",
  subject: "resource",
  kinds: ["Service"],
  meta: {
    summary: "A Service sends each connection to any member of a database, but only one member accepts writes.",
    rationale:
      "Primary and replicas carry the same labels, so the Service spreads connections over all of them. A write that lands on a replica fails, or, on a MySQL replica that is not read-only, stays only there.",
    remedy:
      "Use a label that follows the primary (Patroni's `role`, an operator's Service), put a proxy that knows the primary in front, or name the Service as one for reads (`…-read`).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/",
      "https://patroni.readthedocs.io/en/latest/kubernetes.html",
    ],
    quietWhen:
      "the Service is headless or named for reads, nothing in view uses it and a proxy that knows the primary (Pgpool, ProxySQL, HAProxy, MaxScale) sits in front of the members, only the primary passes the readiness probe, all Pods are replicas, every member accepts writes (Galera, group replication), Sentinel tells clients where the primary is, or the engine's drivers find it (MongoDB).",
  },
  check(service, { workspace, report }) {
    if (service.node.string("spec", "clusterIP") === "None") return;
    const [workload, second] = workspace.resources.selectedBy(service);
    if (workload === undefined || second !== undefined || workload.resource.isUnsettled) return;
    const database = workspace.topology.databaseOf(workload);
    if (database === undefined || database.operator !== undefined) return;
    const members = database.instances.value;
    const answer = refusals[database.engine];
    if (answer === undefined || members === undefined || members < 2 || !isReplicated(database)) return;
    if (!hasOnePrimary(database) || !servesClients(service, database)) return;
    // Only the primary becomes ready: the Service leads to it alone.
    if (database.container !== undefined && primaryProbe(database.container, "readinessProbe") !== undefined) return;
    const clients = clientsThrough(service, database, workspace.topology);
    const [client] = clients;
    if (client === undefined && hasProxy(database, workspace)) return;
    report({
      message: `${nameOf(service)} sends each connection to any of the ${members} Pods of ${shortName(database.resource)}, but only one is the primary: a write that reaches another ${answer}.`,
      at: service.node.nearest("spec", "selector"),
      point: "key",
      related: [
        { message: `${members} Pods carry these labels`, at: database.instances.at },
        ...(client === undefined ? [] : [{ message: `${nameOf(client.writtenBy)} connects through it`, at: client }]),
      ],
    });
  },
});

/** A proxy in view is told the members by name: it is what clients use. */
function hasProxy({ resource }: Database, { resources }: Workspace): boolean {
  const member = `${resource.name}-0`;
  for (const { workload } of resources)
    for (const container of workload?.containers ?? []) {
      if (!/pgpool|proxysql|haproxy|maxscale/.test(container.image?.name ?? "")) continue;
      const texts = [
        ...container.argv.map(({ value }) => value),
        ...container.environment.written().map(({ value }) => value.value),
        ...container.filesUnder("/").map(({ content }) => content.value),
      ];
      if (texts.some((text) => text?.includes(member) === true)) return true;
    }
  return false;
}

/** What happens to a write on a replica, for the engines that have one primary which drivers do not look for. */
const refusals: Readonly<Partial<Record<Engine, string>>> = {
  postgresql: 'fails with "cannot execute … in a read-only transaction"',
  mysql: "fails, or stays only on that Pod if it is not read-only",
  mariadb: "fails, or stays only on that Pod if it is not read-only",
  redis: 'fails with "READONLY You can\'t write against a read only replica"',
  valkey: 'fails with "READONLY You can\'t write against a read only replica"',
};

const everyMemberWrites =
  /wsrep|galera|group_replication|percona-xtradb-cluster|bdr|pglogical|citus|cluster[-_]enabled|redis-cluster|REDIS_NODES|cluster-announce/i;

function hasOnePrimary(database: Database): boolean {
  const { resource, workload, container } = database;
  if (resource.kind !== "StatefulSet" || workload === undefined || container === undefined) return false;
  const words = workload.containers.flatMap((each) => [
    each.image?.name ?? "",
    ...each.argv.map(({ value }) => value ?? ""),
    ...each.environment.written().flatMap(({ name, value }) => [name, value.value ?? ""]),
    ...each.filesUnder("/").map(({ content }) => content.value ?? ""),
  ]);
  if (words.some((word) => everyMemberWrites.test(word) || /sentinel/i.test(word))) return false;
  if (words.some((word) => /^(slave|replica|read_replica)$/i.test(word))) return false;
  const isScript = container.commands.some((command) => command.shell !== undefined);
  return primaryOf(database) === undefined || isScript;
}

const forReads =
  /(^|[-_.])(r|ro|read|reads|readonly|replica|replicas|slave|slaves|standby|secondary|follower|repl|metrics|exporter|headless|sentinel|admin|peer|internal)([-_.]|$)/i;

/** The Service leads to the server's own port and is not named for reads or for the members among themselves. */
function servesClients(service: Resource, database: Database): boolean {
  if (forReads.test(service.name) || service.node.string("spec", "type") === "ExternalName") return false;
  return leadsToServer(service, database);
}
