import type { Database } from "../domain/model/database.ts";
import { count, shortName } from "../domain/model/names.ts";
import type { Pooler } from "../domain/model/pooler.ts";
import type { Topology } from "../domain/model/topology.ts";
import type { Resource } from "../kube/resource.ts";
import type { Span } from "../text/span.ts";
import { databaseBackups } from "./database-backups.ts";
import type { Spot } from "./navigate.ts";
import { type LintResult, workspacesOf } from "./result.ts";

/** A line above an object that says what others make of it. */
export interface Lens {
  /** The object's name. */
  readonly span: Span;
  readonly text: string;
  /** What it counts. */
  readonly places: readonly Spot[];
}

/** What is worth knowing of each database and pooler of a file: its connections against the limit, who reaches it, its backups. */
export function lensesIn(result: LintResult, uri: string): readonly Lens[] {
  const workspaces = workspacesOf(result, uri);
  const holdsDatabase = workspaces.some(({ topology }) =>
    topology.databases.some(({ resource }) => nameAt(resource, uri) !== undefined),
  );
  const ledgers = holdsDatabase ? databaseBackups({ ...result, workspaces }, undefined) : [];
  const lenses = workspaces.flatMap(({ topology }) => [
    ...topology.databases.flatMap((database) => {
      const name = nameAt(database.resource, uri);
      if (name === undefined) return [];
      const ledger = ledgers.find(({ at }) => at.file.uri === uri && at.span.start === name.start);
      const lens = (text: string | undefined, places: readonly Spot[] = []): readonly Lens[] =>
        text === undefined ? [] : [{ span: name, text: result.concealment.line(text, [uri]), places }];
      const reached = reachedFrom(database, topology);
      return [
        ...lens(connectionsOf(database, topology)),
        ...lens(reached.length === 0 ? undefined : `reached by ${count(reached.length, "workload")}`, reached),
        ...lens(backupText(ledger)),
      ];
    }),
    ...topology.poolers.flatMap((pooler) => {
      const name = nameAt(pooler.resource, uri);
      const text = name && poolText(pooler, topology);
      return name === undefined || text === undefined ? [] : [{ span: name, text, places: [] }];
    }),
  ]);
  return [...new Map(lenses.map((lens) => [`${lens.span.start} ${lens.text}`, lens])).values()];
}

function nameAt(resource: Resource, uri: string): Span | undefined {
  return resource.document.file.uri === uri ? resource.node.nearest("metadata", "name").span : undefined;
}

/** `at least 126 of 97 connections during a rollout` */
function connectionsOf(database: Database, topology: Topology): string | undefined {
  const budget = topology.connectionsOf(database);
  const limit = budget.limit.value;
  if (limit === undefined || budget.rows.length === 0) return undefined;
  const atLeast = budget.isLowerBound ? "at least " : "";
  return budget.rollout > budget.peak
    ? `${atLeast}${budget.rollout} of ${limit} connections during a rollout`
    : `${atLeast}${budget.peak} of ${limit} connections at peak`;
}

/** The server connections of a pooler, where it is one of the terms of a sum. */
function poolText(pooler: Pooler, topology: Topology): string | undefined {
  const name = shortName(pooler.resource);
  const rows = topology.databases.flatMap((database) =>
    topology.connectionsOf(database).rows.filter(({ role, label }) => role === "pooler" && label === name),
  );
  const sum = rows.reduce((total, row) => total + row.rollout, 0);
  return rows.length === 0 ? undefined : `up to ${count(sum, "server connection")} during a rollout`;
}

/** The workloads that name the database as a host, each once; its own are none. */
function reachedFrom({ resource }: Database, { hosts }: Topology): readonly Spot[] {
  const byWorkload = new Map<Resource, Spot>();
  for (const { reaches, writtenBy, file, span } of hosts)
    if (reaches.state === "database" && reaches.database.resource === resource && writtenBy !== resource)
      if (!byWorkload.has(writtenBy)) byWorkload.set(writtenBy, { uri: file.uri, span });
  return [...byWorkload.values()];
}

function backupText(ledger: ReturnType<typeof databaseBackups>[number] | undefined): string | undefined {
  if (ledger === undefined) return undefined;
  const running = ledger.backups.filter(({ fault }) => fault === undefined);
  const [first] = running;
  if (first === undefined) return "no backup in view";
  const known = running.find(({ recoveryPoint }) => recoveryPoint.value !== undefined) ?? first;
  const loss = known.recoveryPoint.value === undefined ? "backed up" : `a restore may lose ${known.recoveryPoint.word}`;
  return `${loss}${ledger.restoreTest === undefined ? ", no restore test in view" : ""}`;
}
