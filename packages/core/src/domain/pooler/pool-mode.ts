import { parseKeywordDsn } from "../../embedded/dsn.ts";
import type { Container, MountedFile } from "../../kube/container.ts";
import { type Fact, known } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import type { Pooler } from "../model/pooler.ts";
import type { HostReference } from "../model/reach.ts";
import { readConfiguration } from "./pooler-configuration.ts";

/**
 * A user's mode in `[users]` wins over that of a `[databases]` entry, and that one over the pooler's (pool_pool_mode in
 * objects.c). Undefined: without a name it is not known which of them holds.
 */
export function poolModeFor(
  pooler: Pooler,
  { databaseName, user }: Pick<HostReference, "databaseName" | "user">,
): Fact<string> | undefined {
  const route =
    pooler.routes.find(({ databaseName: each }) => each.value === databaseName) ??
    pooler.routes.find(({ databaseName: each }) => each.value === "*");
  const ofUsers = modesOfUsers(pooler);
  if (ofUsers.size > 0) {
    const name = databaseName === undefined ? user : route?.user === undefined ? user : route.user.value;
    if (name === undefined) return undefined;
    const own = ofUsers.get(name);
    if (own !== undefined) return own;
  }
  if (pooler.routes.every(({ poolMode }) => poolMode === undefined)) return pooler.settings.get("pool_mode");
  return databaseName === undefined ? undefined : (route?.poolMode ?? pooler.settings.get("pool_mode"));
}

/** The modes that `[users]` sets, by user: in the file, or in `config.users` of PGO and Percona. */
function modesOfUsers({ configuration, container, resource }: Pooler): ReadonlyMap<string, Fact<string>> {
  const ofFile = configuration === undefined || container === undefined ? [] : usersOfFile(container, configuration);
  const ofOperator = (resource.node.at("spec", "proxy", "pgBouncer", "config", "users")?.entries() ?? []).map(
    ([name, node]) => [name, node.text() ?? "", node] as const,
  );
  return new Map(
    [...ofFile, ...ofOperator].flatMap(([name, text, at]): [string, Fact<string>][] => {
      const mode = parseKeywordDsn(text)?.values.get("pool_mode")?.text;
      return mode === undefined ? [] : [[name, known(mode, at)]];
    }),
  );
}

function usersOfFile(container: Container, file: MountedFile): readonly (readonly [string, string, Place])[] {
  return readConfiguration(container, file)
    .entries.filter(({ section }) => section === "users")
    .map(
      ({ key, value, keySpan, file: { content } }) =>
        [key, value, partOf(content.at, content.value ?? "", keySpan)] as const,
    );
}

/** A pooler that takes the server connection away after each transaction or statement, and where that is written. */
export interface SharingPooler {
  readonly host: HostReference;
  readonly pooler: Pooler;
  readonly mode: "transaction" | "statement";
  readonly modeAt: Fact<string>["at"];
}

/** The pooler that a container's hosts lead to, where its mode is transaction or statement and no other host leads past it. */
export function sharingPoolerOf(hosts: readonly HostReference[]): SharingPooler | undefined {
  if (hosts.some(({ reaches }) => reaches.state === "database" && reaches.database.engine === "postgresql"))
    return undefined;
  for (const host of hosts) {
    if (host.reaches.state !== "pooler" || host.reaches.pooler.software !== "pgbouncer") continue;
    const { pooler } = host.reaches;
    const mode = poolModeFor(pooler, host);
    const word = mode?.value?.toLowerCase();
    if (mode === undefined || (word !== "transaction" && word !== "statement")) continue;
    return { host, pooler, mode: word, modeAt: mode.at };
  }
  return undefined;
}
