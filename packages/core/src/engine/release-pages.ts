import { kubectl } from "../change/procedures/shell.ts";
import { isNamed, kubectlName } from "../change/procedures/stack.ts";
import { isLong, locksOf, stops, type TakenLock } from "../domain/migration/locks.ts";
import { describeOverlap } from "../domain/migration/overlap.ts";
import { refusalOf } from "../domain/migration/refused.ts";
import { isReplacing } from "../domain/migration/script.ts";
import type { Database } from "../domain/model/database.ts";
import type { Migration } from "../domain/model/migration.ts";
import { count, nameOf, serverName } from "../domain/model/names.ts";
import { databasesAt } from "../domain/model/reach.ts";
import type { MigrationScript, SchemaChange } from "../domain/model/schema-change.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import { poolModeFor } from "../domain/pooler/pool-mode.ts";
import { oldPodsOf } from "../domain/release/old-pods.ts";
import { connectedWorkloads, retriesOf, runsAtOnce, servingWorkloads } from "../domain/release/runners.ts";
import { isCreated, isRequiredColumn, lossOf, type Phase, phaseOf } from "../domain/release/steps.ts";
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
  /** What it locks in words, for a server without PostgreSQL's lock levels. */
  readonly note: string | undefined;
  /** What waits meanwhile; rows: writers of the rows that it changes; unknown: the server decides that. */
  readonly stops: "reads" | "writes" | "rows" | "nothing" | "unknown";
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
  readonly dialect: MigrationScript["dialect"];
  readonly statements: readonly ReleaseStatement[];
}

/** How to know that a step is done: what a shell runs, or what the server is asked. */
interface ReleaseCheck {
  readonly text: string;
  readonly isQuery: boolean;
}

/** One thing to do. */
interface ReleaseStep {
  readonly text: string;
  readonly check: ReleaseCheck | undefined;
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
      const all = scripts.filter((each) => each.migrations.includes(migration) || each.resource === resource);
      const key = `${file.uri} ${span.start}`;
      // A ConfigMap often holds a copy of a file that is named too.
      const own = all.filter((each) => each.resource === undefined || !all.some((other) => isFileOf(other, each)));
      const isAsked = requested.has(file.uri) || own.length > 0;
      if (seen.has(key) || !isAsked || resource.isUnsettled) continue;
      seen.add(key);
      for (const each of all) told.add(each);
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
  const serving = [
    ...new Set([
      ...servingWorkloads(migration, workspace.resources),
      ...connectedWorkloads(migration, workspace.resources, workspace.topology),
    ]),
  ];
  const databases = [...new Set(migration.hosts.flatMap(({ reaches }) => databasesAt(reaches)))];
  const ledgers = backups.filter((each) =>
    databases.some(({ resource: { node } }) => isSamePlace(node.nearest("metadata", "name"), each.at)),
  );
  const shownScripts = scripts.map(scriptOf);
  const page: ReleasePage = {
    title: `${tool} in ${nameOf(resource)}`,
    tool,
    at,
    runs: runsOf(migration, workspace),
    through: throughOf(migration),
    scripts: shownScripts,
    beside: [
      ...serving.flatMap((each) => oldPodsFact(each, workspace)),
      ...ledgers.flatMap((each) => backupFacts(each, databases)),
    ],
    steps: stepsOf(migration, scripts, shownScripts, serving, ledgers),
    undo: undoOf(tool, scripts),
    findings: findingsOf(result, resource, scripts),
  };
  const objects = [
    resource,
    ...databases.map((each) => each.resource),
    ...ledgers.flatMap((each) => each.backups.map((backup) => backup.resource)),
    ...serving.map((each) => each.resource),
  ];
  return shown(
    page,
    result,
    objects.map(({ document }) => document.file.uri),
  );
}

function pageWithout(scripts: readonly MigrationScript[], result: LintResult): ReleasePage {
  const [first] = scripts;
  const tool = first?.tool;
  const shownScripts = scripts.map(scriptOf);
  const page: ReleasePage = {
    title: `SQL that nothing in view runs${tool === undefined || tool === "psql" ? "" : ` (files of ${tool})`}`,
    tool,
    at: first?.at as Place,
    runs: [],
    through: [],
    scripts: shownScripts,
    beside: [],
    steps: stepsOf(undefined, scripts, shownScripts, [], []),
    undo: undoOf(tool, scripts),
    findings: findingsOf(result, undefined, scripts),
  };
  return shown(page, result, []);
}

function isFileOf(file: MigrationScript, held: MigrationScript): boolean {
  return file.resource === undefined && file.text.trim() === held.text.trim();
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
  if (facts.length > 0) return facts;
  // A server elsewhere, or one whose object is not among the files.
  const named = hosts
    .filter(({ host, protocol }) => isPlainHost(host) && !isOtherProtocol(protocol))
    .map((host) => ({
      text: `${host.host}${host.port === undefined ? "" : `:${host.port}`}; no database of that name is in view`,
      at: host,
    }));
  return named.length > 0 ? named : [{ text: "not known: no host of a database is written", at: undefined }];
}

const isPlainHost = (host: string): boolean => !/[$<{%\s]/.test(host) && host !== "" && !host.startsWith("/");

const isOtherProtocol = (protocol: string | undefined): boolean =>
  protocol !== undefined && !/^(?:postgres|mysql|mariadb|sqlserver|oracle|mongodb|cockroach)/.test(protocol);

const wrappings = {
  file: "one transaction, which keeps each lock to its end",
  all: "one transaction with all other new files, which keeps each lock to its end",
  query: "one query: with two statements or more a transaction, which keeps each lock to its end",
  none: "statement by statement",
} as const;

function scriptOf(script: MigrationScript): ReleaseScript {
  const { at, resource, wraps, changes, dialect } = script;
  return {
    name: resource === undefined ? at.file.uri : `SQL of ${nameOf(resource)}`,
    at,
    wrapping: refusedWrapping(script) ?? (wraps && wrappings[wraps]),
    dialect,
    statements: changes
      .filter(({ does }) => does !== "refuse-transaction")
      .map((change) => ({
        words: wordsOf(change),
        at: change.at,
        ...(dialect === "mysql" ? mysqlEffectOf(change, script) : effectOf(change, script)),
        phase: phaseOf(change, script),
      })),
  };
}

type Effect = Pick<ReleaseStatement, "locks" | "note" | "stops" | "isLong">;

function effectOf(change: SchemaChange, script: MigrationScript): Effect {
  const isNew = (table: string): boolean => isCreated(table, script) && !isReplacing(change, script);
  const locks = locksOf(change).filter(({ table }) => !isNew(table));
  const effects = locks.map(({ lock }) => stops(lock));
  return {
    locks,
    note: undefined,
    stops: effects.includes("reads")
      ? "reads"
      : effects.includes("writes")
        ? "writes"
        : change.does === "change-rows" && locks.length > 0
          ? "rows"
          : "nothing",
    isLong: locks.length > 0 && isLong(change),
  };
}

/**
 * What is sure of MySQL and MariaDB: DDL takes the metadata lock of its table, UPDATE and DELETE lock the rows that they change.
 * https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html, https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
 */
function mysqlEffectOf(change: SchemaChange, script: MigrationScript): Effect {
  const { table } = change;
  const effect = (stops: ReleaseStatement["stops"], note: string | undefined, isLong = false): Effect => ({
    locks: [],
    note,
    stops,
    isLong,
  });
  if (table === undefined || (isCreated(table, script) && !isReplacing(change, script)))
    return effect("nothing", undefined);
  const metadata = `metadata lock on ${table}`;
  switch (change.does) {
    case "create-table":
      return effect("nothing", undefined);
    case "change-rows":
      return effect("rows", `every row of ${table}, until it commits`, true);
    case "lock-table":
      return effect(stops(change.lock) === "reads" ? "reads" : "writes", `table lock on ${table}`);
    case "copy-table":
      return effect(stops(change.lock) === "reads" ? "reads" : "writes", `${metadata}; the table is copied`, true);
    case "server-chooses":
      return change.effect === "alters"
        ? effect("unknown", `${metadata}; writers of ${table} wait too where the server copies the table`)
        : effect("reads", `${metadata}, briefly`);
    default:
      return effect("reads", metadata);
  }
}

const cannotBeInTransaction = (change: SchemaChange): boolean =>
  change.does === "refuse-transaction" ||
  ("isConcurrent" in change && change.isConcurrent && change.does !== "refresh-view");

/** Whether the file's transaction refuses the change; Flyway opens none for a script of nothing else. */
function isRefused(change: SchemaChange, script: MigrationScript): boolean {
  if (!cannotBeInTransaction(change) || refusalOf(script, change) === undefined) return false;
  return !isByFlyway(change, script) || !isAllWithout(script);
}

const isByFlyway = ({ isInBlock, statement }: SchemaChange, { tool, statements }: MigrationScript): boolean =>
  tool === "Flyway" && !isInBlock && statements[statement]?.openedBy === "its tool";

function isAllWithout({ changes, statements }: MigrationScript): boolean {
  return new Set(changes.filter(cannotBeInTransaction).map(({ statement }) => statement)).size === statements.length;
}

/** What is said instead of how the script runs where its transaction cannot hold a statement; undefined: it can hold all. */
function refusedWrapping(script: MigrationScript): string | undefined {
  for (const change of script.changes.filter(cannotBeInTransaction)) {
    const refusal = refusalOf(script, change);
    if (refusal === undefined) continue;
    const words = wordsOf(change);
    if (isByFlyway(change, script))
      return isAllWithout(script)
        ? "statement by statement: Flyway opens no transaction for what cannot run in one"
        : `Flyway refuses it: ${words} cannot run in a transaction, its other statements run in one (unless flyway.mixed=true)`;
    const { error, because, remedy, unless } = refusal;
    return `${words} fails with "${error}": ${because}${remedy}${unless === undefined ? "" : ` (unless ${unless})`}`;
  }
  return undefined;
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

function backupFacts({ backups }: DatabaseBackups, databases: readonly Database[]): readonly ReleaseFact[] {
  const waits = databases.every(({ engine }) => engine === "postgresql")
    ? ": while it dumps, ALTER TABLE and CREATE INDEX CONCURRENTLY wait for it"
    : databases.every(({ engine }) => engine === "mysql" || engine === "mariadb")
      ? ": while it dumps a table, ALTER TABLE and DROP TABLE wait for it"
      : "";
  return backups
    .filter(
      ({ fault, recoveryPoint, method }) =>
        fault === undefined && recoveryPoint.value !== undefined && method !== "wal-archive",
    )
    .map(({ by, methodWord, recoveryPoint, at }) => ({
      text: `${by} (${methodWord}, every ${recoveryPoint.word})${methodWord === "logical" ? waits : ""}`,
      at,
    }));
}

const longTransactions =
  "SELECT pid, xact_start, state FROM pg_stat_activity WHERE xact_start < now() - interval '1 minute'";
const longMysqlTransactions =
  "SELECT trx_mysql_thread_id, trx_started FROM information_schema.innodb_trx WHERE trx_started < NOW() - INTERVAL 1 MINUTE";
const invalidIndexes = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid";

/** The changes of a script by the step that they belong in, in the words of the page. */
type Parts = ReadonlyMap<Phase, readonly string[]>;

function partsOf(script: MigrationScript): Parts {
  const parts = new Map<Phase, string[]>();
  const add = (phase: Phase, words: string): void => {
    const list = parts.get(phase) ?? [];
    if (!list.includes(words)) parts.set(phase, [...list, words]);
  };
  for (const change of script.changes) {
    const phase = phaseOf(change, script);
    if (phase === undefined) continue;
    const words = `${namedOf(change)}${isRefused(change, script) ? " (alone in a file)" : ""}`;
    if (!isRequiredColumn(change, script)) {
      add(phase, words);
      continue;
    }
    add(phase, `${words} without NOT NULL`);
    add("contract", `NOT NULL of ${change.table}.${change.name}`);
  }
  return parts;
}

/** What each step does, and what has to be taken out of the files first: a tool runs a file whole, and all new files in one run. */
interface Plan {
  readonly expand: readonly string[];
  readonly rewrite: readonly string[];
  readonly backfill: readonly string[];
  readonly contract: readonly string[];
  readonly changesOfPlan: readonly string[];
  readonly isMixed: boolean;
}

function planOf(scripts: readonly MigrationScript[], tool: string | undefined): Plan {
  const parts = scripts.map((script) => ({ script, parts: partsOf(script) }));
  const ofPhase = (phase: Phase): readonly string[] => [
    ...new Set(parts.flatMap((each) => each.parts.get(phase) ?? [])),
  ];
  const mixed = parts.filter((each) => each.parts.size > 1);
  const phases = new Set(parts.flatMap((each) => [...each.parts.keys()]));
  const isMixed = phases.size > 1;
  const first = (["expand", "rewrite", "backfill", "contract"] as const).find((phase) => phases.has(phase));
  const later = parts.filter((each) => each.parts.size === 1 && first !== undefined && !each.parts.has(first));
  const runner = tool ?? "its tool";
  const changesOfPlan = [
    ...scripts.flatMap((script) => {
      const change = script.changes.find((each) => isRefused(each, script));
      return change === undefined || mixed.some((each) => each.script === script)
        ? []
        : [`Change ${nameOfScript(script)} first: ${wordsOf(change)} fails in its transaction (see above).`];
    }),
    ...mixed.map(
      ({ script }) =>
        `Split ${nameOfScript(script)}: ${runner} runs the whole ${script.resource === undefined ? "file" : "script"} at once, so none of its statements waits for the rollout. Each of the steps below that lists statements is a file of its own.`,
    ),
    ...(isMixed && later.length > 0
      ? [
          `Hold back ${firstListed(
            later.map(({ script }) => nameOfScript(script)),
            3,
          )}: ${runner} runs all new files in one go, and the steps below say when their statements may run.`,
        ]
      : []),
  ];
  return {
    expand: ofPhase("expand"),
    rewrite: ofPhase("rewrite"),
    backfill: ofPhase("backfill"),
    contract: ofPhase("contract"),
    changesOfPlan,
    isMixed,
  };
}

const nameOfScript = ({ at, resource }: MigrationScript): string =>
  resource === undefined ? at.file.uri.slice(at.file.uri.lastIndexOf("/") + 1) : `the SQL of ${nameOf(resource)}`;

/** Backup, quiet, expand, roll out, backfill, and what has to wait for a later release; each with its check. */
function stepsOf(
  migration: Migration | undefined,
  scripts: readonly MigrationScript[],
  shownScripts: readonly ReleaseScript[],
  serving: readonly Workload[],
  ledgers: readonly DatabaseBackups[],
): readonly ReleaseStep[] {
  const tool = migration?.tool ?? scripts[0]?.tool;
  const plan = planOf(scripts, tool);
  const { expand, rewrite, backfill, contract, isMixed } = plan;
  const isMysql = scripts.some(({ dialect }) => dialect === "mysql");
  const isWaitedFor = shownScripts
    .flatMap(({ statements }) => statements)
    .some(
      ({ locks, stops: what }) =>
        (what !== "nothing" && what !== "rows") || locks.some(({ lock }) => lock === "SHARE UPDATE EXCLUSIVE"),
    );
  const isConcurrent = scripts.some(({ changes }) =>
    changes.some((change) => change.does === "create-index" && change.isConcurrent),
  );
  const steps: ReleaseStep[] = [backupStep(ledgers), ...plan.changesOfPlan.map((text) => ({ text, check: undefined }))];
  const isOnlyContract = contract.length > 0 && !isMixed;
  if (isOnlyContract)
    steps.push({
      text: `Leave this out until a release that does not use it has been rolled out, and no older Pod runs: ${listOf(contract)}.`,
      check: undefined,
    });
  if (isWaitedFor)
    steps.push({
      text: "Check that no transaction is older than a minute: the migration waits for it, and requests queue behind the migration. Expect no row:",
      check: { text: isMysql ? longMysqlTransactions : longTransactions, isQuery: true },
    });
  const aside = [...backfillSteps(backfill, isMixed), ...rewriteSteps(rewrite, scripts)];
  if (!isMixed) steps.push(...aside);
  const status = migrationCommands.get(tool ?? "")?.status;
  if (!isMixed || expand.length > 0)
    steps.push({
      text: `${migrateText(migration)}${isMixed ? `, with only: ${listOf(expand)}` : ""}.`,
      check: isConcurrent
        ? { text: invalidIndexes, isQuery: true }
        : status === undefined
          ? undefined
          : { text: status, isQuery: false },
    });
  for (const { resource } of serving)
    steps.push({
      text: `Roll out ${nameOf(resource)}.`,
      check: commandFor(resource, `rollout status ${kubectlName(resource)}`),
    });
  if (isMixed) steps.push(...aside);
  if (contract.length > 0 && isMixed)
    steps.push({
      text: `In the next release, when no Pod of this or an older one needs the old schema: ${listOf(contract)}.`,
      check: undefined,
    });
  return steps;
}

function backfillSteps(backfill: readonly string[], isMixed: boolean): readonly ReleaseStep[] {
  if (backfill.length === 0) return [];
  return [
    {
      text: isMixed
        ? `After the rollout, fill rows in batches, each in its own transaction: ${listOf(backfill)}.`
        : `If the table is large, change it to batches, each in its own transaction: ${listOf(backfill)}.`,
      check: { text: "kubectl dbops new db-migration-backfill", isQuery: false },
    },
  ];
}

function rewriteSteps(rewrite: readonly string[], scripts: readonly MigrationScript[]): readonly ReleaseStep[] {
  if (rewrite.length === 0) return [];
  const isMysql = scripts.some(({ dialect }) => dialect === "mysql");
  const has = (does: SchemaChange["does"]): boolean =>
    scripts.some((script) =>
      script.changes.some((change) => change.does === does && phaseOf(change, script) === "rewrite"),
    );
  const otherwise = has("change-type")
    ? " Without one: a new column, filled in batches."
    : has("add-column")
      ? " Without one: add the column without its default, and fill it in batches."
      : "";
  return [
    {
      text: isMysql
        ? `Plan a maintenance window, or add ALGORITHM=INPLACE, LOCK=NONE, so that the server refuses it rather than copy the table while writers wait: ${listOf(rewrite)}.`
        : `Plan a maintenance window, because everyone waits while the table is rewritten: ${listOf(rewrite)}.${otherwise}`,
      check: undefined,
    },
  ];
}

function migrateText(migration: Migration | undefined): string {
  if (migration === undefined) return "Migrate";
  const name = nameOf(migration.workload.resource);
  return migration.where === "job"
    ? `Migrate (${name})`
    : `Migrate (each Pod of ${name} does it when it starts; a Job before the rollout would do it once)`;
}

const listOf = (words: readonly string[]): string => firstListed(words, 8);

/** `ADD COLUMN region on orders`, `DROP TABLE notes` */
function namedOf(change: SchemaChange): string {
  const { table, words } = change;
  return table === undefined ? wordsOf(change) : `${wordsOf(change)}${words.endsWith("TABLE") ? "" : " on"} ${table}`;
}

function backupStep(ledgers: readonly DatabaseBackups[]): ReleaseStep {
  const [ledger] = ledgers;
  const running = ledger?.backups.find(({ fault }) => fault === undefined);
  if (ledger === undefined || running === undefined)
    return {
      text: `Take a backup${ledger === undefined ? "" : ` of ${ledger.name}`}: ${ledger === undefined ? "of this database no backup is in view" : "no backup in view runs"}.`,
      check: undefined,
    };
  const { resource } = running;
  if (resource.kind !== "CronJob")
    return { text: `Take a backup of ${ledger.name} (${running.by}).`, check: undefined };
  return {
    text: `Take a backup of ${ledger.name} with ${running.by}.`,
    check: commandFor(resource, `create job --from=${kubectlName(resource)} ${resource.name}-now`),
  };
}

/** undefined: a name is filled in later, or is none that Kubernetes takes. */
function commandFor(resource: Resource, words: string): ReleaseCheck | undefined {
  return isNamed(resource) ? { text: `${kubectl(resource)} ${words}`, isQuery: false } : undefined;
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
        note: each.note && line(each.note),
        locks: each.locks.map(({ table, lock }) => ({ table: line(table), lock })),
      })),
    })),
    steps: page.steps.map(({ text, check }) => ({
      text: line(text),
      check: check && { ...check, text: line(check.text) },
    })),
    undo: { ...page.undo, lost: page.undo.lost.map(line) },
  };
}
