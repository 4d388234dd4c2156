import { findDsns } from "../../embedded/dsn.ts";
import { routeVariables } from "../../facts/pgbouncer-images.ts";
import type { Container } from "../../kube/container.ts";
import { byDefault, type Fact, known, knownText, unknown } from "../../yaml/fact.ts";
import { emptyRoute, numberOf, type PoolerRoute } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";

/** The entry of `[databases]` that an image's entrypoint writes from its variables. */
export function routesOfEnvironment(
  container: Container,
  dialect: string | undefined,
  reach: (host: string, port: number | undefined) => Reach,
): readonly PoolerRoute[] {
  const names = dialect === undefined ? undefined : routeVariables[dialect];
  if (names === undefined) return [];
  const { environment } = container;
  for (const variable of names.url ?? []) {
    const value = environment.get(variable);
    const text = value === undefined ? undefined : knownText(value);
    if (value === undefined || text === undefined) continue;
    return findDsns(text).map((dsn): PoolerRoute => {
      const host = dsn.hosts[0];
      const name: Fact<string> =
        dsn.databaseName === undefined ? unknown(value.at, "no database is named") : known(dsn.databaseName, value.at);
      return {
        ...emptyRoute(value.at, name),
        reaches: host === undefined ? { state: "unknown" as const } : reach(host.host, host.port),
      };
    });
  }
  const host = environment.get(names.host);
  if (host === undefined) return [];
  const port = numberOf(environment.get(names.port));
  const name = environment.get(names.name) ?? byDefault("*", host.at);
  return [
    {
      ...emptyRoute(host.at, name),
      host,
      reaches: host.value === undefined ? { state: "unknown" as const } : reach(host.value, port?.value),
      port,
      user: undefined,
    },
  ];
}
