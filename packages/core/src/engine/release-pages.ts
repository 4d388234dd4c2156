import { isLong, locksOf, stops, type TakenLock } from "../domain/migration/locks.ts";
import { describeOverlap } from "../domain/migration/overlap.ts";
import type { Database } from "../domain/model/database.ts";
import type { Migration } from "../domain/model/migration.ts";
import { count, nameOf, serverName } from "../domain/model/names.ts";
import type { MigrationScript, SchemaChange } from "../domain/model/schema-change.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import { poolModeFor } from "../domain/pooler/pool-mode.ts";
import { oldPodsOf } from "../domain/release/old-pods.ts";
import { retriesOf, runsAtOnce, servingWorkloads } from "../domain/release/runners.ts";
import { lossOf, type Phase, phaseOf } from "../domain/release/steps.ts";
import { migrationCommands } from "../facts/migration-commands.ts";
import { formatSeconds } from "../kube/duration.ts";
import { hookOf } from "../kube/release-hooks.ts";
import type { Resource } from "../kube/resource.ts";
import type { Workload } from "../kube/workload.ts";
import type { Project } from "../project/project.ts";
import type { Finding } from "../rule/finding.ts";
import { firstListed, listed } from "../text/listed.ts";
import type { Place } from "../yaml/node.ts";
import { type DatabaseBackups, databaseBackups } from "./database-backups.ts";
import type { LintResult } from "./result.ts";
import { scriptsIn } from "./scripts.ts";

/** A sentence of the page, and the line that says it. */
export interface ReleaseFact {
  readonly text: string;
  readonly at: Place | undefined;
}

/** A statement with what it locks until its transaction ends. */
export interface ReleaseStatement {
  /** `CREATE INDEX orders_status` */
  readonly words: string;
  readonly at: Place;
  readonly locks: readonly TakenLock[];
  /** What waits meanwhile. */
  readonly stops: "reads" | "writes" | "nothing";
  /** It may take as long as the table is large. */
  readonly isLong: boolean;
  readonly phase: Phase | undefined;
}

export interface ReleaseScript {
  /** The name of its file, or the object that holds it. */
  readonly name: string;
  readonly at: Place;
  /** How its tool runs it; undefined: not known. */
  readonly wrapping: string | undefined;
  readonly statements: readonly ReleaseStatement[];
}

/** One thing to do, and how to know that it is done. */
interface ReleaseStep {
  readonly text: string;
  readonly check: string | undefined;
}

/** All that a release does to the schema through one container, ready to be shown: no secret and no control character in any text. */
export interface ReleasePage {
  /** `golang-migrate in Job shop/orders-migrate` */
  readonly title: string;
  /** undefined: nothing in view runs the scripts. */
  readonly tool: string | undefined;
  readonly at: Place;
  /** How often it runs, what keeps runs apart, and what ends one. */
  readonly runs: readonly ReleaseFact[];
  /** The way to the server. */
  readonly through: readonly ReleaseFact[];
  readonly scripts: readonly ReleaseScript[];
  /** What runs at the same time. */
  readonly beside: readonly ReleaseFact[];
  readonly steps: readonly ReleaseStep[];
  readonly undo: {
    readonly command: string | undefined;
    readonly note: string | undefined;
    readonly lost: readonly string[];
  };
  /** What rules say of the container and its scripts. */
  readonly findings: readonly Finding[];
}

/**
 * The migrations of a release, a page each: those whose object is among the requested files, or that run a new script of them.
 */
export function releasePages(
  project: Project,
  result: LintResult,
  requested: ReadonlySet<string>,
): readonly ReleasePage[] {
  const { workspaces } = result;
  const reader = scriptsIn(project, workspaces, requested);
  const scripts = workspaces.flatMap((workspace) => reader.of(workspace));
  const backups = databaseBackups(result, undefined);
  const pages: ReleasePage[] = [];
  const seen = new Set<string>();
  const told = new Set<MigrationScript>();
  for (const workspace of workspaces)
    for (const migration of workspace.topology.migrations) {
      const { resource } = migration.workload;
      const { file, span } = migration.container.node;
      const own = scripts.filter((each) => each.migrations.includes(migration) || each.resource === resource);
      const key = `${file.uri} ${span.start}`;
      const isAsked = requested.has(file.uri) || own.length > 0;
      if (seen.has(key) || !isAsked || resource.isUnsettled) continue;
      seen.add(key);
      for (const each of own) told.add(each);
      pages.push(pageOf(migration, workspace, own, backups, result));
    }
  const rest = scripts.filter((each) => !told.has(each) && each.changes.length > 0);
  return [...pages, ...(rest.length === 0 ? [] : [pageWithout(rest, result)])];
}

function pageOf(
  migration: Migration,
  workspace: Workspace,
  scripts: readonly MigrationScript[],
  backups: readonly DatabaseBackups[],
  result: LintResult,
): ReleasePage {
  const { tool, workload, container } = migration;
  const { resource } = workload;
  const at = container.node.nearest("name");
  const serving = servingWorkloads(migration, workspace.resources);
  const databases = databasesOf(migration);
  const ledgers = backups.filter((each) =>
    databases.some(({ resource: { node } }) => isSamePlace(node.nearest("metadata", "name"), each.at)),
  );
  const page: ReleasePage = {
    title: `${tool} in ${nameOf(resource)}`,
    tool,
    at,
    runs: runsOf(migration, workspace),
    through: throughOf(migration),
    scripts: scripts.map(scriptOf),
    beside: [...serving.flatMap((each) => oldPodsFact(each, workspace)), ...ledgers.flatMap(backupFacts)],
    steps: stepsOf(migration, scripts, serving, ledgers),
    undo: undoOf(tool, scripts),
    findings: findingsOf(result, resource, scripts),
  };
  return shown(page, result, [resource.document.file.uri, ...databases.map((each) => each.resource.document.file.uri)]);
}

function pageWithout(scripts: readonly MigrationScript[], result: LintResult): ReleasePage {
  const [first] = scripts;
  const tool = first?.tool;
  const page: ReleasePage = {
    title: `SQL that nothing in view runs${tool === undefined || tool === "psql" ? "" : ` (files of ${tool})`}`,
    tool,
    at: first?.at as Place,
    runs: [],
    through: [],
    scripts: scripts.map(scriptOf),
    beside: [],
    steps: stepsOf(undefined, scripts, [], []),
    undo: undoOf(tool, scripts),
    findings: findingsOf(result, undefined, scripts),
  };
  return shown(page, result, []);
}

function databasesOf({ hosts }: Migration): readonly Database[] {
  return [
    ...new Set(
      hosts.flatMap(({ reaches }) =>
        reaches.state === "database"
          ? [reaches.database]
          : reaches.state === "pooler"
            ? reaches.pooler.routes.flatMap((route) =>
                route.reaches.state === "database" ? [route.reaches.database] : [],
              )
            : [],
      ),
    ),
  ];
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.file === b.file && a.span.start === b.span.start;
}

/** How often it runs, what keeps two runs apart, and what ends one that hangs. */
function runsOf(migration: Migration, workspace: Workspace): readonly ReleaseFact[] {
  const { where, workload, tool } = migration;
  const { resource } = workload;
  const hook = hookOf(resource);
  const facts: ReleaseFact[] = [];
  if (where === "job") {
    const schedule = resource.kind === "CronJob" ? resource.node.at("spec", "schedule") : undefined;
    const retries = retriesOf(migration);
    const again = retries === undefined ? "" : `; ${retries}`;
    facts.push(
      schedule !== undefined
        ? { text: `at every run of the schedule ${schedule.text() ?? ""}`, at: schedule }
        : hook === undefined
          ? { text: `once, when the Job is created${again}`, at: undefined }
          : { text: `${hook.by} runs it as ${listed(hook.moments, "and")}${again}`, at: hook.node },
    );
    const deadline = resource.node.at("spec", "activeDeadlineSeconds");
    const seconds = deadline?.integer();
    facts.push(
      seconds === undefined
        ? { text: "nothing ends a run that waits for a lock: it has no activeDeadlineSeconds", at: undefined }
        : {
            text: `Kubernetes ends its Pod after ${formatSeconds(seconds)}; a statement that waits goes on in the server`,
            at: deadline,
          },
    );
    return facts;
  }
  const pods = runsAtOnce(migration, workspace.everything.resources);
  const how = where === "init" ? "before its containers start" : "in its start command";
  facts.push({
    text:
      pods === undefined
        ? `in every Pod, ${how}`
        : `in ${pods === 1 ? "its Pod" : `each of ${pods} Pods`}, ${how}, at every start`,
    at: workload.replicas.at,
  });
  if (pods !== 1)
    facts.push({
      text: `side by side: ${tool === "psql" ? "psql takes no lock" : describeOverlap(migration)}`,
      at: undefined,
    });
  return facts;
}

function throughOf({ hosts }: Migration): readonly ReleaseFact[] {
  const facts = hosts.flatMap((host): readonly ReleaseFact[] => {
    const { reaches } = host;
    if (reaches.state === "database")
      return [{ text: `${serverName(reaches.database)} of ${nameOf(reaches.database.resource)}, directly`, at: host }];
    if (reaches.state !== "pooler") return [];
    const mode = poolModeFor(reaches.pooler, host)?.value;
    return [
      { text: `${nameOf(reaches.pooler.resource)}${mode === undefined ? "" : ` (pool_mode ${mode})`}`, at: host },
    ];
  });
  return facts.length === 0 ? [{ text: "not known: no host of a database in view is written", at: undefined }] : facts;
}

const wrappings = {
  file: "one transaction, which keeps each lock to its end",
  all: "one transaction with all other new files, which keeps each lock to its end",
  query: "one query: with two statements or more a transaction, which keeps each lock to its end",
  none: "statement by statement",
} as const;

function scriptOf(script: MigrationScript): ReleaseScript {
  const { at, resource, wraps, changes } = script;
  return {
    name: resource === undefined ? at.file.uri : `SQL of ${nameOf(resource)}`,
    at,
    wrapping: wraps && wrappings[wraps],
    statements: changes
      .filter(({ does }) => does !== "refuse-transaction")
      .map((change) => {
        // Of MySQL only what is written is known.
        const isKnown = script.dialect === "postgresql" || change.does === "lock-table" || change.does === "copy-table";
        const locks = isKnown ? locksOf(change).filter(({ table }) => !script.made.has(table)) : [];
        const effects = locks.map(({ lock }) => stops(lock));
        return {
          words: wordsOf(change),
          at: change.at,
          locks,
          stops: effects.includes("reads") ? "reads" : effects.includes("writes") ? "writes" : "nothing",
          isLong: locks.length > 0 && isLong(change),
          phase: phaseOf(change, script),
        };
      }),
  };
}

function wordsOf(change: SchemaChange): string {
  const isConcurrent = "isConcurrent" in change && change.isConcurrent;
  const name = change.name === undefined || change.name === change.table ? "" : ` ${change.name}`;
  return `${change.words}${isConcurrent ? " CONCURRENTLY" : ""}${name}`;
}

function oldPodsFact(workload: Workload, workspace: Workspace): readonly ReleaseFact[] {
  const old = oldPodsOf(workload, workspace.everything.resources);
  const name = nameOf(workload.resource);
  if (old === undefined) return [{ text: `Pods of ${name} with the previous release`, at: undefined }];
  const pace =
    old.atATime === undefined || old.pods === 1
      ? ""
      : `, replaced ${old.atATime === old.pods ? "all at once" : `${old.atATime} at a time`}`;
  return [
    {
      text: `${count(old.pods, "Pod")} of ${name} with the previous release${pace}`,
      at: workload.replicas.at,
    },
  ];
}

function backupFacts({ backups }: DatabaseBackups): readonly ReleaseFact[] {
  return backups
    .filter(
      ({ fault, recoveryPoint, method }) =>
        fault === undefined && recoveryPoint.value !== undefined && method !== "wal-archive",
    )
    .map(({ by, methodWord, recoveryPoint, at }) => ({
      text: `${by} (${methodWord}, every ${recoveryPoint.word})${methodWord === "logical" ? ": while it dumps, ALTER TABLE and CREATE INDEX CONCURRENTLY wait for it" : ""}`,
      at,
    }));
}

const longTransactions =
  "SELECT pid, xact_start, state FROM pg_stat_activity WHERE xact_start < now() - interval '1 minute'";
const invalidIndexes = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid";

/** Backup, quiet, expand, roll out, backfill, and what has to wait for a later release; each with its check. */
function stepsOf(
  migration: Migration | undefined,
  scripts: readonly MigrationScript[],
  serving: readonly Workload[],
  ledgers: readonly DatabaseBackups[],
): readonly ReleaseStep[] {
  const changes = scripts.flatMap((script) =>
    script.changes.map((change) => ({ change, phase: phaseOf(change, script) })),
  );
  const ofPhase = (wanted: Phase): readonly SchemaChange[] =>
    changes.flatMap(({ change, phase }) => (phase === wanted ? [change] : []));
  const [expand, backfill, contract] = [ofPhase("expand"), ofPhase("backfill"), ofPhase("contract")];
  const isWaitedFor = scripts
    .flatMap((script) => scriptOf(script).statements)
    .some(
      ({ locks, stops: what }) => what !== "nothing" || locks.some(({ lock }) => lock === "SHARE UPDATE EXCLUSIVE"),
    );
  const isConcurrent = expand.some((change) => "isConcurrent" in change && change.isConcurrent);
  const steps: ReleaseStep[] = [backupStep(ledgers)];
  if (isWaitedFor)
    steps.push({
      text: "See that no transaction is older than a minute: the locks wait for it, and requests wait behind them. No row:",
      check: longTransactions,
    });
  const isMixed = backfill.length + contract.length > 0;
  const what = isMixed && expand.length > 0 ? `, with what only adds: ${firstOf(expand)}` : "";
  const status = migrationCommands.get(migration?.tool ?? scripts[0]?.tool ?? "")?.status;
  const check = isConcurrent ? invalidIndexes : status;
  if (migration === undefined) steps.push({ text: `Migrate${what}.`, check });
  else {
    const name = nameOf(migration.workload.resource);
    steps.push(
      migration.where === "job"
        ? { text: `Migrate (${name})${what}.`, check }
        : { text: `Migrate${what}; each Pod of ${name} does it when it starts, a Job before the rollout once.`, check },
    );
  }
  for (const { resource } of serving)
    steps.push({ text: `Roll out ${nameOf(resource)}.`, check: rolloutStatus(resource) });
  if (backfill.length > 0)
    steps.push({
      text: `Fill rows in batches, each in its own transaction: ${firstOf(backfill)}.`,
      check: "kubectl dbops new db-migration-backfill",
    });
  if (contract.length > 0)
    steps.push({
      text: `In the next release, when no Pod runs any more that needs it: ${firstOf(contract)}.`,
      check: undefined,
    });
  return steps;
}

/** `ADD COLUMN region on orders, CREATE INDEX orders_region on orders and 2 more` */
function firstOf(changes: readonly SchemaChange[]): string {
  const words = changes.map((change) => {
    const { table, words: statement } = change;
    return table === undefined
      ? wordsOf(change)
      : `${wordsOf(change)}${statement.endsWith("TABLE") ? "" : " on"} ${table}`;
  });
  return firstListed([...new Set(words)], 3);
}

function backupStep(ledgers: readonly DatabaseBackups[]): ReleaseStep {
  const [ledger] = ledgers;
  const running = ledger?.backups.find(({ fault }) => fault === undefined);
  if (ledger === undefined || running === undefined)
    return {
      text: `Take a backup${ledger === undefined ? "" : ` of ${ledger.name}`}: ${ledger === undefined ? "of this database no backup is in view" : "no backup in view runs"}.`,
      check: undefined,
    };
  const [namespace, name] = running.name.includes("/") ? running.name.split("/") : [undefined, running.name];
  const isCronJob = running.by.startsWith("CronJob ");
  return {
    text: isCronJob
      ? `Take a backup of ${ledger.name} with ${running.by}.`
      : `Take a backup of ${ledger.name} (${running.by}).`,
    check: isCronJob
      ? `kubectl${namespace === undefined ? "" : ` -n ${namespace}`} create job --from=cronjob/${name} ${name}-now`
      : undefined,
  };
}

function rolloutStatus({ kind, name, namespace }: Resource): string {
  return `kubectl${namespace === undefined ? "" : ` -n ${namespace}`} rollout status ${kind.toLowerCase()}/${name}`;
}

function undoOf(tool: string | undefined, scripts: readonly MigrationScript[]): ReleasePage["undo"] {
  const commands = migrationCommands.get(tool ?? "");
  const lost = scripts.flatMap((script) => script.changes.flatMap((change) => lossOf(change, script) ?? []));
  return { command: commands?.undo, note: commands?.undoNote, lost: [...new Set(lost)] };
}

/** Findings at the object that migrates and in its scripts. */
function findingsOf(
  { findings }: LintResult,
  resource: Resource | undefined,
  scripts: readonly MigrationScript[],
): readonly Finding[] {
  const parts = [...(resource === undefined ? [] : [resource.node]), ...scripts.map(({ at }) => at)];
  return findings.filter(({ location }) =>
    parts.some(
      ({ file, span }) =>
        file.uri === location.uri && span.start <= location.span.start && location.span.start <= span.end,
    ),
  );
}

/** Every text as it may be shown. */
function shown(page: ReleasePage, { concealment }: LintResult, uris: readonly string[]): ReleasePage {
  const all = [...new Set([page.at.file.uri, ...uris, ...page.scripts.map(({ at }) => at.file.uri)])];
  const line = (text: string): string => concealment.line(text, all);
  const facts = (list: readonly ReleaseFact[]): readonly ReleaseFact[] =>
    list.map((each) => ({ ...each, text: line(each.text) }));
  return {
    ...page,
    title: line(page.title),
    runs: facts(page.runs),
    through: facts(page.through),
    beside: facts(page.beside),
    scripts: page.scripts.map((script) => ({
      ...script,
      name: line(script.name),
      statements: script.statements.map((each) => ({
        ...each,
        words: line(each.words),
        locks: each.locks.map(({ table, lock }) => ({ table: line(table), lock })),
      })),
    })),
    steps: page.steps.map(({ text, check }) => ({ text: line(text), check: check && line(check) })),
    undo: { ...page.undo, lost: page.undo.lost.map(line) },
  };
}
