import type { Database } from "../domain/model/database.ts";
import { serverName, shortName } from "../domain/model/names.ts";
import type { Reach } from "../domain/model/reach.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource, ResourceRef } from "../kube/resource.ts";
import type { Finding } from "../rule/finding.ts";
import { append } from "../text/append.ts";
import type { Span } from "../text/span.ts";
import { type DatabaseBackups, databaseBackups } from "./database-backups.ts";
import type { LintResult } from "./result.ts";

/** A database, or what belongs to one, with what was found in it. */
export interface OverviewItem {
  readonly kind: "database" | "pooler" | "backup" | "migration";
  readonly label: string;
  readonly detail: string;
  /** What else is to be said of it, each on a line of its own: of a database, how it stands with backups and their test. */
  readonly notes: readonly string[];
  readonly uri: string;
  /** Where its name is written. */
  readonly span: Span;
  /** Findings about it, wherever they stand, not about what belongs to it. */
  readonly findings: readonly Finding[];
  readonly children: readonly OverviewItem[];
}

/** The databases of a run with their poolers, backups and migrations; behind them what leads to no database in view. */
export function overviewOf(result: LintResult): readonly OverviewItem[] {
  const seen = new Set<string>();
  const items: OverviewItem[] = [];
  const ledgers = new Map(databaseBackups(result, undefined).map((each) => [placeKey(each.at), each]));
  for (const workspace of result.workspaces) {
    const { topology } = workspace;
    const taken = new Set<Resource>();
    const isNew = (item: OverviewItem): boolean => {
      const key = `${item.kind} ${item.uri} ${item.span.start}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    };
    for (const database of topology.databases) {
      const own = itemOf("database", database.resource, detailOf(database), workspace, result);
      const ledger = ledgers.get(placeKey(database.resource.node.nearest("metadata", "name")));
      const others = partsOf(workspace, database, result, taken);
      const item =
        ledger === undefined
          ? { ...own, children: others }
          : {
              ...own,
              notes: notesOf(ledger),
              children: [
                ...others.filter(({ kind }) => kind === "pooler"),
                ...ledger.backups.map((backup) => ofBackup(backup, result)),
                ...others.filter(({ kind }) => kind === "migration"),
              ],
            };
      if (isNew(item)) items.push(item);
    }
    const rest = partsOf(workspace, undefined, result, taken);
    append(items, rest.filter(isNew));
  }
  return items;
}

function placeKey({ file, span }: DatabaseBackups["at"]): string {
  return `${file.uri} ${span.start}`;
}

/** The rows of `kubectl dbops backups`. */
function ofBackup(
  { methodWord, name, at, span, fault, recoveryPoint, keeps, lies }: DatabaseBackups["backups"][number],
  result: LintResult,
): OverviewItem {
  const { uri } = at.file;
  return {
    kind: "backup",
    label: name,
    detail:
      fault === undefined
        ? `${methodWord} · may lose ${recoveryPoint.word} · keeps ${keeps.word} · ${lies.word}`
        : `${methodWord} · takes none`,
    notes:
      fault === undefined
        ? [recoveryPoint, keeps, lies].flatMap(({ word, because }) => (word === "?" ? [because ?? ""] : []))
        : [fault.because],
    uri,
    span: at.span,
    findings: findingsIn(uri, span, result),
    children: [],
  };
}

/** Findings of one object. */
function findingsIn(uri: string, { start, end }: Span, { findings }: LintResult): readonly Finding[] {
  return findings.filter(
    ({ location }) => location.uri === uri && location.span.start >= start && location.span.start <= end,
  );
}

/** Findings of one object and, where its name stands for nothing else in the unit, those about it that stand elsewhere. */
function findingsAbout(resource: Resource, { unit, resources }: Workspace, result: LintResult): readonly Finding[] {
  const isSame = (other: ResourceRef | undefined): boolean =>
    other !== undefined &&
    other.kind === resource.kind &&
    other.name === resource.name &&
    other.namespace === resource.namespace;
  const own = findingsIn(resource.document.file.uri, resource.node.span, result);
  if ([...resources].filter(isSame).length > 1) return own;
  const files = new Set(unit.files.map(({ uri }) => uri));
  const elsewhere = result.findings.filter(
    (finding) => isSame(finding.subject) && files.has(finding.location.uri) && !own.includes(finding),
  );
  return [...own, ...elsewhere];
}

function notesOf({ backups, restoreTest }: DatabaseBackups): readonly string[] {
  const runs = backups.some(({ fault }) => fault === undefined);
  if (!runs) return ["No backup in view that runs"];
  return [`Restore test: ${restoreTest === undefined ? "none in view" : restoreTest.word}`];
}

/** What belongs to a database; without one, what belongs to none. */
function partsOf(
  workspace: Workspace,
  database: Database | undefined,
  result: LintResult,
  taken: Set<Resource>,
): readonly OverviewItem[] {
  const { topology } = workspace;
  const isOurs = (reaches: readonly Reach[], resource: Resource): boolean => {
    const leads = reaches.some((reach) => reach.state === "database" && reach.database === database);
    return database === undefined ? !taken.has(resource) : leads;
  };
  const found: OverviewItem[] = [];
  const add = (kind: OverviewItem["kind"], resource: Resource, detail: string): void => {
    taken.add(resource);
    // An operator's cluster is its own pooler or backup: it stands there already.
    if (resource === database?.resource && kind !== "backup") return;
    if (!found.some((item) => item.kind === kind && item.label === shortName(resource)))
      found.push(itemOf(kind, resource, detail, workspace, result));
  };
  if (database !== undefined) taken.add(database.resource);
  for (const pooler of topology.poolers) {
    const reaches = pooler.routes.map((route) => route.reaches);
    if (isOurs(reaches, pooler.resource)) add("pooler", pooler.resource, pooler.software);
  }
  for (const backup of topology.backups) {
    const isCovered = database === undefined ? !taken.has(backup.resource) : backup.databases.includes(database);
    const schedule = backup.schedule?.value === undefined ? "" : `, ${backup.schedule.value}`;
    if (isCovered) add("backup", backup.resource, `${backup.method}${schedule}`);
  }
  for (const migration of topology.migrations) {
    const reaches = migration.hosts.flatMap(({ reaches: reach }): readonly Reach[] =>
      reach.state === "pooler" ? reach.pooler.routes.map((route) => route.reaches) : [reach],
    );
    if (isOurs(reaches, migration.workload.resource)) add("migration", migration.workload.resource, migration.tool);
  }
  return found;
}

function itemOf(
  kind: OverviewItem["kind"],
  resource: Resource,
  detail: string,
  workspace: Workspace,
  result: LintResult,
): OverviewItem {
  const { document, node } = resource;
  const line = (text: string): string => result.concealment.line(text, [document.file.uri]);
  return {
    kind,
    label: line(shortName(resource)),
    detail: line(detail),
    uri: document.file.uri,
    span: node.nearest("metadata", "name").span,
    findings: findingsAbout(resource, workspace, result),
    notes: [],
    children: [],
  };
}

function detailOf(database: Database): string {
  const instances = database.instances.value;
  const count = instances === undefined ? "" : `, ${instances} ${instances === 1 ? "instance" : "instances"}`;
  return `${serverName(database)}${count}`;
}
