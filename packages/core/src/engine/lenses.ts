import { poolerInWords, sumInWords } from "../domain/connections/describe-connections.ts";
import type { Database } from "../domain/model/database.ts";
import { count } from "../domain/model/names.ts";
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
        ...lens(sumInWords(topology.connectionsOf(database))),
        ...lens(reached.length === 0 ? undefined : `reached by ${count(reached.length, "workload")}`, reached),
        ...lens(backupText(ledger)),
      ];
    }),
    ...topology.poolers.flatMap((pooler) => {
      const name = nameAt(pooler.resource, uri);
      const text = name && poolerInWords(pooler, topology);
      return name === undefined || text === undefined ? [] : [{ span: name, text, places: [] }];
    }),
  ]);
  return [...new Map(lenses.map((lens) => [`${lens.span.start} ${lens.text}`, lens])).values()];
}

function nameAt(resource: Resource, uri: string): Span | undefined {
  return resource.document.file.uri === uri ? resource.node.nearest("metadata", "name").span : undefined;
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
