import { mayListenBesides } from "../../facts/ports.ts";
import type { Container } from "../../kube/container.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Database } from "../model/database.ts";
import { serverName } from "../model/names.ts";
import type { Pooler } from "../model/pooler.ts";
import type { Topology } from "../model/topology.ts";

/** A server of a Pod with the port that it certainly listens on for clients; all containers of a Pod share its ports. */
export interface Listening {
  readonly container: Container;
  readonly port: number;
  /** `pgbouncer`, `postgres:16` */
  readonly by: string;
  /** Whether it may listen there besides. */
  readonly mayOpen: (port: number) => boolean;
}

/** The servers of a Pod; undefined: what one of its containers listens on is not known. */
export function listeningIn(workload: Workload, topology: Topology): readonly Listening[] | undefined {
  const database = topology.databaseOf(workload);
  const servers: Listening[] = [];
  for (const container of workload.containers) {
    if (container.role === "init") continue;
    const pooler = topology.poolerOf(container);
    const server =
      pooler !== undefined
        ? poolerListening(pooler, container)
        : database?.container === container
          ? databaseListening(database, container)
          : undefined;
    if (server === undefined) return undefined;
    servers.push(server);
  }
  return servers;
}

/** What an image of a known pooler listens on decides, not what the manifest declares. */
export function hasKnownPort({ container, dialect, settings }: Pooler): boolean {
  return (
    dialect !== undefined &&
    container !== undefined &&
    !container.overridesEntrypoint &&
    container.argv.length === 0 &&
    container.environment.isComplete &&
    container.filesAreComplete &&
    settings.number("listen_port")?.value !== undefined
  );
}

function poolerListening(pooler: Pooler, container: Container): Listening | undefined {
  const port = pooler.settings.number("listen_port")?.value;
  if (port === undefined || !hasKnownPort(pooler)) return undefined;
  return { container, port, by: pooler.software, mayOpen: () => false };
}

/** A port that the manifest declares beside the usual one may be where a file moves the server. */
function databaseListening(database: Database, container: Container): Listening | undefined {
  const port = database.port.value;
  const isAsDeclared = container.ports.length === 0 || container.ports.some(({ number }) => number === port);
  if (port === undefined || !isAsDeclared || !database.settings.isComplete) return undefined;
  return { container, port, by: serverName(database), mayOpen: (other) => mayListenBesides(database.engine, other) };
}
