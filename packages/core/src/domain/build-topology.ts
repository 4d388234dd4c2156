import type { Container } from "../kube/container.ts";
import { namespacesAgree } from "../kube/namespace.ts";
import { nearestNamesakes } from "../kube/nearest.ts";
import type { Resource } from "../kube/resource.ts";
import type { ResourceIndex } from "../kube/resource-index.ts";
import type { Workload } from "../kube/workload.ts";
import { groupBy } from "../text/group-by.ts";
import { once } from "../text/once.ts";
import { type Everywhere, readBackups } from "./backup/read-backups.ts";
import { readClients } from "./client/read-clients.ts";
import { budgetOf } from "./connections/connection-budget.ts";
import { fittingSettings } from "./connections/fitting-settings.ts";
import { ownedNumbers } from "./connections/owned-numbers.ts";
import type { Running } from "./connections/pods.ts";
import type { RowContext } from "./connections/row-parts.ts";
import { readDatabases } from "./database/read-database.ts";
import { readHostsOfConfiguration, readHostsOfContainer } from "./hosts/read-hosts.ts";
import { type Landscape, resolveHost } from "./hosts/resolve-host.ts";
import { readMigrations } from "./migration/read-migrations.ts";
import type { Backup } from "./model/backup.ts";
import type { Client } from "./model/client.ts";
import type { ConnectionBudget, FittingSetting, Moments, OwnedNumber, WhatIf } from "./model/connections.ts";
import type { Database } from "./model/database.ts";
import type { Migration } from "./model/migration.ts";
import type { Pooler } from "./model/pooler.ts";
import type { HostReference, Reach } from "./model/reach.ts";
import type { Topology } from "./model/topology.ts";
import { readOperatorDatabase, readOperatorPooler } from "./operators/read-operators.ts";
import { readPoolers } from "./pooler/read-poolers.ts";

/**
 * Restates the objects of a unit as databases, poolers, clients, migrations and backups; each part is computed when asked.
 * @param everywhere all units: another one may apply where a backup is stored, or the database that it names; undefined: there is no other
 * @param running of a cluster: the Pods that connections are counted by
 */
export function buildTopology(
  resources: ResourceIndex,
  onCrash: OnCrash = rethrow,
  everywhere?: Everywhere,
  running?: Running,
): Topology {
  return new LazyTopology(resources, onCrash, everywhere, running);
}

/** Told of an object that could not be read because of a defect of ours: nothing is known of it, everything of the others. */
export type OnCrash = (error: unknown, resource: Resource) => void;

const rethrow: OnCrash = (error) => {
  throw error;
};

class LazyTopology implements Topology {
  readonly #resources: ResourceIndex;
  readonly #onCrash: OnCrash;
  readonly #everywhere: Everywhere;
  readonly #databasesNamed: Everywhere["databasesNamed"];
  readonly #running: Running | undefined;
  #databases: readonly Database[] | undefined;
  #poolers: readonly Pooler[] | undefined;
  #hosts: readonly HostReference[] | undefined;
  #clients: readonly Client[] | undefined;
  #migrations: readonly Migration[] | undefined;
  #backups: readonly Backup[] | undefined;
  readonly #hostsOf = new Map<Container, readonly HostReference[]>();
  #concerned: ReadonlySet<Workload | undefined> | undefined;
  readonly #poolersByWorkload = new Map<Workload, readonly Pooler[]>();
  // Questions that many rules ask of many subjects are look-ups, not loops.
  #databasesByOwner: ReadonlyMap<unknown, readonly Database[]> | undefined;
  #poolersByDatabase: ReadonlyMap<unknown, readonly Pooler[]> | undefined;
  #backupsByDatabase: ReadonlyMap<unknown, readonly Backup[]> | undefined;
  #clientsByDatabase: ReadonlyMap<unknown, readonly Client[]> | undefined;
  #clientsByPooler: ReadonlyMap<unknown, readonly Client[]> | undefined;
  readonly #budgets = new Map<Database, ConnectionBudget>();
  readonly #landscape: Landscape;

  constructor(
    resources: ResourceIndex,
    onCrash: OnCrash,
    everywhere: Everywhere | undefined,
    running: Running | undefined,
  ) {
    this.#running = running;
    this.#resources = resources;
    this.#onCrash = onCrash;
    const databasesOf = (): readonly Database[] => this.databases;
    this.#databasesNamed = named(databasesOf);
    this.#everywhere = everywhere ?? {
      resources,
      databases: databasesOf,
      databasesNamed: this.#databasesNamed,
      placeOf: (resource) => resource,
    };
    let operatorPoolers: readonly Pooler[] | undefined;
    const operatorPoolersOf = (): readonly Pooler[] => {
      operatorPoolers ??= this.poolers.filter((pooler) => pooler.workload === undefined);
      return operatorPoolers;
    };
    this.#landscape = {
      resources,
      get databases() {
        return databasesOf();
      },
      databasesIn: (workload) => this.#databasesIn(workload),
      poolersOf: (workload) => this.#poolersIn(workload),
      get operatorPoolers() {
        return operatorPoolersOf();
      },
    };
  }

  get databases(): readonly Database[] {
    this.#databases ??= [...this.#resources].flatMap((resource) =>
      this.#read(resource, () => {
        if (resource.workload !== undefined) return readDatabases(resource.workload);
        return [readOperatorDatabase(resource) ?? []].flat();
      }),
    );
    return this.#databases;
  }

  get poolers(): readonly Pooler[] {
    if (this.#poolers === undefined) {
      const ofWorkloads = this.#workloads().flatMap((workload) => this.#poolersIn(workload));
      const ofObjects = [...this.#resources].flatMap((resource) => {
        if (resource.workload !== undefined) return [];
        return this.#read(resource, () =>
          [readOperatorPooler(resource, (name) => this.#clusterReach(name, resource)) ?? []].flat(),
        );
      });
      this.#poolers = [...ofWorkloads, ...ofObjects];
    }
    return this.#poolers;
  }

  get hosts(): readonly HostReference[] {
    if (this.#hosts === undefined) {
      const ofContainers = this.#workloads().flatMap((workload) =>
        workload.containers.flatMap((container) => this.hostsIn(container)),
      );
      const seen = new Set(ofContainers.map(keyOfHost));
      const ofRoutes = this.poolers.flatMap(hostsOfRoutes);
      const ofConfiguration = (["ConfigMap", "Secret"] as const).flatMap((kind) =>
        this.#resources
          .ofKind(kind)
          .flatMap((object) =>
            this.#read(object, () =>
              readHostsOfConfiguration(object, (host, port, from) =>
                resolveHost(host, port, from, undefined, this.#landscape),
              ),
            ),
          ),
      );
      // Two containers that read one ConfigMap write one host.
      const unique = new Map<string, HostReference>();
      for (const host of [...ofContainers, ...ofRoutes])
        if (!unique.has(keyOfHost(host))) unique.set(keyOfHost(host), host);
      for (const host of ofConfiguration) if (!seen.has(keyOfHost(host))) unique.set(keyOfHost(host), host);
      this.#hosts = [...unique.values()];
    }
    return this.#hosts;
  }

  get clients(): readonly Client[] {
    this.#clients ??= this.#workloads().flatMap((workload) =>
      this.#poolersIn(workload).some(({ isSidecar }) => !isSidecar)
        ? []
        : this.#read(workload.resource, () => readClients(workload, (container) => this.hostsIn(container))),
    );
    return this.#clients;
  }

  get migrations(): readonly Migration[] {
    this.#migrations ??= this.#workloads().flatMap((workload) =>
      this.#read(workload.resource, () => readMigrations(workload, (container) => this.hostsIn(container))),
    );
    return this.#migrations;
  }

  get backups(): readonly Backup[] {
    if (this.#backups !== undefined) return this.#backups;
    this.#backups = readBackups({
      resources: this.#resources,
      everywhere: this.#everywhere,
      databases: this.databases,
      databasesNamed: this.#databasesNamed,
      meant: nearestNamesakes,
      isElsewhere: false,
      hostsIn: (container) => this.hostsIn(container),
      reachOf: (host, container) => this.reachOf(host, container),
      guard: (resource, read) => this.#read(resource, read),
    });
    return this.#backups;
  }

  poolersOf(database: Database): readonly Pooler[] {
    this.#poolersByDatabase ??= groupBy(this.poolers, (pooler) => [
      ...new Set(pooler.routes.map(({ reaches }) => databaseAt(reaches))),
    ]);
    const reaching = this.#poolersByDatabase.get(database) ?? [];
    // An object written in two files (samples, environments) is applied once.
    return [
      ...new Map(
        reaching.map((pooler) => [
          `${pooler.resource.kind}/${pooler.resource.namespace ?? ""}/${pooler.resource.name}/${pooler.container?.name ?? ""}`,
          pooler,
        ]),
      ).values(),
    ];
  }

  backupsOf(database: Database): readonly Backup[] {
    this.#backupsByDatabase ??= groupBy(this.backups, (backup) => [...new Set(backup.databases)]);
    return this.#backupsByDatabase.get(database) ?? [];
  }

  clientsOf(pooler: Pooler): readonly Client[] {
    this.#clientsByPooler ??= groupBy(this.clients, ({ host: { reaches } }) => [
      reaches.state === "pooler" ? reaches.pooler : undefined,
    ]);
    return this.#clientsByPooler.get(pooler) ?? [];
  }

  connectionsOf(database: Database, whatIf?: WhatIf): ConnectionBudget {
    if (whatIf !== undefined) return this.#budgetOf(database, this.#connectingTo(database), whatIf);
    let budget = this.#budgets.get(database);
    if (budget === undefined) {
      budget = this.#budgetOf(database, this.#connectingTo(database), () => undefined);
      this.#budgets.set(database, budget);
    }
    return budget;
  }

  #budgetOf(database: Database, { poolers, clients }: Connecting, whatIf: WhatIf): ConnectionBudget {
    return budgetOf(poolers, clients, this.#rowContextOf(database, whatIf));
  }

  #rowContextOf(database: Database, whatIf: WhatIf): RowContext {
    return {
      database,
      clientsOf: (pooler) => this.clientsOf(pooler),
      resources: this.#resources,
      whatIf,
      running: this.#running,
    };
  }

  numbersOf(database: Database): readonly OwnedNumber[] {
    const { poolers, clients } = this.#connectingTo(database);
    return ownedNumbers(
      poolers,
      clients,
      this.#rowContextOf(database, () => undefined),
    );
  }

  #connectingTo(database: Database): Connecting {
    this.#clientsByDatabase ??= groupBy(this.clients, (client) => [databaseAt(client.host.reaches)]);
    const direct = this.#clientsByDatabase.get(database) ?? [];
    // A container that names a server twice (URL and host) has one pool as far as can be told; its readers ask other servers.
    const clients: Client[] = [];
    for (const readers of [undefined, "standbys", "any"] as const) {
      const byContainer = new Map<Container, Client>();
      for (const client of direct) {
        const { container, host, pool } = client;
        if (host.reaches.state === "database" && host.reaches.readers !== readers) continue;
        const other = byContainer.get(container);
        if (other === undefined || (other.pool.value ?? 0) < (pool.value ?? 0)) byContainer.set(container, client);
      }
      clients.push(...byContainer.values());
    }
    return { poolers: this.poolersOf(database), clients };
  }

  settingsThatFit(budget: ConnectionBudget, moment: keyof Moments, whatIf?: WhatIf): readonly FittingSetting[] {
    const { database } = budget;
    const { poolers, clients } = this.#connectingTo(database);
    const poolersOf = groupBy(poolers, ({ resource }) => [resource.name]);
    const clientsOf = groupBy(clients, ({ container }) => [container.workload.resource.name]);
    return fittingSettings(budget, moment, ({ role, name }, other) => {
      const alone = {
        poolers: role === "pooler" ? (poolersOf.get(name) ?? []) : [],
        clients: role === "client" ? (clientsOf.get(name) ?? []) : [],
      };
      return this.#budgetOf(database, alone, (owner, setting) => other(owner, setting) ?? whatIf?.(owner, setting));
    });
  }

  reachOf(host: string, { workload }: Container): Reach {
    return resolveHost(host, undefined, workload.resource, workload, this.#landscape);
  }

  hostsIn(container: Container): readonly HostReference[] {
    let hosts = this.#hostsOf.get(container);
    if (hosts === undefined) {
      hosts = this.#read(container.workload.resource, () =>
        readHostsOfContainer(container, (host, port, from, workload) =>
          resolveHost(host, port, from, workload, this.#landscape),
        ),
      );
      this.#hostsOf.set(container, hosts);
    }
    return hosts;
  }

  #read<T>(resource: Resource, read: () => readonly T[]): readonly T[] {
    try {
      return read();
    } catch (error) {
      this.#onCrash(error, resource);
      return [];
    }
  }

  databaseOf(owner: Workload | Resource): Database | undefined {
    return this.#databasesIn(owner)[0];
  }

  #databasesIn(owner: Workload | Resource): readonly Database[] {
    this.#databasesByOwner ??= groupBy(this.databases, (database) => [database.workload, database.resource]);
    return this.#databasesByOwner.get(owner) ?? [];
  }

  concerns(workload: Workload): boolean {
    this.#concerned ??= new Set([
      ...this.databases.map((database) => database.workload),
      ...this.poolers.map((pooler) => pooler.workload),
      ...this.migrations.map((migration) => migration.workload),
      ...this.backups.map((backup) => backup.container?.workload),
    ]);
    return this.#concerned.has(workload);
  }

  poolerOf(container: Container): Pooler | undefined {
    return this.#poolersIn(container.workload).find((pooler) => pooler.container === container);
  }

  #workloads(): readonly Workload[] {
    return [...this.#resources].flatMap((resource) => resource.workload ?? []);
  }

  #poolersIn(workload: Workload): readonly Pooler[] {
    let poolers = this.#poolersByWorkload.get(workload);
    if (poolers === undefined) {
      poolers = this.#read(workload.resource, () =>
        readPoolers(workload, (host, port, from, own) => resolveHost(host, port, from, own, this.#landscape)),
      );
      this.#poolersByWorkload.set(workload, poolers);
    }
    return poolers;
  }

  #clusterReach(name: string, from: Resource): Reach {
    const database = this.databases.find(
      (candidate) =>
        candidate.operator !== undefined &&
        candidate.resource.name === name &&
        namespacesAgree(candidate.resource, from),
    );
    return database === undefined
      ? { state: "unknown" }
      : { state: "database", database, instance: undefined, service: undefined };
  }
}

/** Finds databases by the name of their object. */
export function named(
  databases: () => readonly Database[],
  nameOf: (resource: Resource) => string = ({ name }) => name,
): Everywhere["databasesNamed"] {
  const byName = once(() => groupBy(databases(), ({ resource }) => [nameOf(resource)]));
  return (name) => byName().get(name ?? "") ?? [];
}

/** Who opens connections to a database itself. */
interface Connecting {
  readonly poolers: readonly Pooler[];
  readonly clients: readonly Client[];
}

/** The servers that a pooler's `[databases]` name. */
function hostsOfRoutes(pooler: Pooler): readonly HostReference[] {
  return pooler.routes.flatMap(({ host, port, databaseName, user, reaches }): readonly HostReference[] => {
    if (host?.value === undefined) return [];
    const { file, span, yamlPath } = host.at;
    return [
      {
        file,
        span,
        yamlPath,
        host: host.value,
        port: port?.value,
        portAt: port?.at,
        protocol: "postgresql",
        user: user?.value,
        databaseName: databaseName.value,
        hasPassword: false,
        writtenBy: pooler.resource,
        reaches,
      },
    ];
  });
}

function keyOfHost(host: HostReference): string {
  return `${host.file.uri}:${host.span.start}:${host.host}`;
}

function databaseAt(reaches: Reach): Database | undefined {
  return reaches.state === "database" ? reaches.database : undefined;
}
