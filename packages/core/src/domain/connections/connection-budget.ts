import { type Fact, known, unknown } from "../../yaml/fact.ts";
import type { Client } from "../model/client.ts";
import type { ConnectionBudget, ConnectionRow, Moments, UncountedRow } from "../model/connections.ts";
import type { Database } from "../model/database.ts";
import type { Pooler } from "../model/pooler.ts";
import { rowOfClient, rowOfPooler } from "./connection-rows.ts";
import { rowOfReaders } from "./readers.ts";
import { defaulted, leadsToPrimary, type RowContext } from "./row-parts.ts";

/**
 * Adds up who may open how many server connections to a database.
 * PgBouncer keeps one pool a (database entry, user): entries x users x (pool + reserve) in each of its Pods, capped by
 * max_db_connections (measured on 1.18 and 1.25: 2 entries x 2 users x 3 = 12 connections).
 */
export function budgetOf(
  poolers: readonly Pooler[],
  clients: readonly Client[],
  context: RowContext,
): ConnectionBudget {
  const counted = [
    ...poolers.flatMap((pooler) => {
      const readers = rowOfReaders(pooler, context);
      const isOnlyReaders =
        pooler.operated?.isForStandbys === true ||
        !pooler.routes.some(({ reaches }) => leadsToPrimary(reaches, context.database));
      if (readers === undefined) return [rowOfPooler(pooler, context)];
      return isOnlyReaders ? [readers] : [rowOfPooler(pooler, context), readers];
    }),
    ...clients.map((client) => rowOfReaders(client, context) ?? rowOfClient(client, context)),
  ];
  const rows = counted.filter((row): row is ConnectionRow => "peak" in row);
  const uncounted = counted.filter((row): row is UncountedRow => "because" in row);
  const sum = (moment: keyof Moments): number => rows.reduce((total, row) => total + row[moment], 0);
  return {
    database: context.database,
    ...limitOf(context),
    atRest: sum("atRest"),
    peak: sum("peak"),
    rollout: sum("rollout"),
    isLowerBound: uncounted.some(({ isElsewhere }) => isElsewhere !== true) || rows.some((row) => row.more.length > 0),
    rows,
    uncounted,
  };
}

function limitOf({ database, whatIf }: RowContext): Pick<ConnectionBudget, "limit" | "limitFormula" | "reserved"> {
  const supposed = whatIf({ role: "database", name: database.resource.name }, "max_connections");
  const written = database.settings.number("max_connections");
  const at = database.instances.at;
  const most = supposed === undefined ? written : known(supposed, written?.at ?? at);
  if (most === undefined || most.value === undefined)
    return { limit: most ?? unknown(at, "max_connections is not in view"), limitFormula: "", reserved: 0 };
  if (database.engine !== "postgresql")
    return { limit: most, limitFormula: `max_connections ${most.value}${defaulted(most)}`, reserved: 0 };
  const reserved = reservedSlots(database);
  return {
    limit: { ...most, value: most.value - reserved } satisfies Fact<number>,
    limitFormula: `max_connections ${most.value}${defaulted(most)} - ${reserved} reserved`,
    reserved,
  };
}

/** https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SUPERUSER-RESERVED-CONNECTIONS */
function reservedSlots(database: Database): number {
  const superuser = database.settings.number("superuser_reserved_connections")?.value ?? 3;
  return superuser + (database.settings.number("reserved_connections")?.value ?? 0);
}
