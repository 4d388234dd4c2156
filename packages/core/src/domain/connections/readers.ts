import type { Client } from "../model/client.ts";
import type { UncountedRow } from "../model/connections.ts";
import type { Database } from "../model/database.ts";
import { count, shortName } from "../model/names.ts";
import type { Pooler } from "../model/pooler.ts";
import { rowOfClient } from "./connection-rows.ts";
import { type RowContext, readersAt } from "./row-parts.ts";

/** What a client or pooler opens through a Service for readers: each standby has a max_connections of its own. */
export function rowOfReaders(subject: Client | Pooler, context: RowContext): UncountedRow | undefined {
  return "routes" in subject ? ofPooler(subject, context) : ofClient(subject, context);
}

function ofPooler(pooler: Pooler, { database }: RowContext): UncountedRow | undefined {
  const { resource, instances, routes, operated } = pooler;
  const row = { role: "pooler" as const, label: shortName(resource) };
  if (operated?.isForStandbys === true) {
    const because = "it connects to the standbys, which have their own connections";
    return { ...row, because, at: resource.node.at("spec", "type") ?? instances.at, isElsewhere: true };
  }
  for (const readers of ["any", "standbys"] as const) {
    const route = routes.find(
      ({ reaches }) => reaches.state === "database" && reaches.database === database && readersAt(reaches) === readers,
    );
    if (route !== undefined) return { ...row, ...whereTo(readers, database), at: route.host?.at ?? route.at };
  }
  return undefined;
}

function ofClient(client: Client, context: RowContext): UncountedRow | undefined {
  const readers = readersAt(client.host.reaches);
  if (readers === undefined) return undefined;
  const counted = rowOfClient(client, context);
  const { because, ...rest } = whereTo(readers, context.database);
  const servers = (context.database.instances.value ?? 0) - (readers === "standbys" ? 1 : 0);
  // A Service spreads connections evenly, more or less.
  const sum =
    "peak" in counted && !(readers === "standbys" && servers === 0)
      ? `: ${counted.formula} = ${counted.peak}${servers > 1 ? `, about ${Math.ceil(counted.peak / servers)} on each` : ""}`
      : "";
  return { role: "client", label: counted.label, because: `${because}${sum}`, ...rest, at: client.host };
}

/** Some of what is opened to any instance is the primary's, and how much is not known. */
function whereTo(
  readers: "standbys" | "any",
  { instances: { value } }: Database,
): { readonly because: string; readonly isElsewhere?: true } {
  if (readers === "any")
    return {
      because: `it connects to any of the ${value === undefined ? "" : `${value} `}instances, each with its own limit`,
    };
  const standbys = value === undefined ? "the standbys" : `the ${count(value - 1, "standby", "standbys")}`;
  return {
    because:
      value === 1
        ? "it connects to the standbys, and there is none"
        : value === 2
          ? "it connects to the standby, which has its own limit"
          : `it connects to ${standbys}, each with its own limit`,
    isElsewhere: true,
  };
}
