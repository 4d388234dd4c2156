import { backupLedgers } from "../domain/backup/backup-ledger.ts";
import {
  hiddenText,
  methodWord,
  recoveryWord,
  retentionWord,
  successWord,
  timeWord,
  whereWord,
} from "../domain/backup/ledger-words.ts";
import { type BackupRequirements, type Shortfall, shortfallsOf } from "../domain/backup/shortfalls.ts";
import { liveLedger } from "../domain/live/live-ledger.ts";
import type { BackupLedger, LastSuccess, LedgerRow } from "../domain/model/backup-ledger.ts";
import { nameOf, serverName, shortName } from "../domain/model/names.ts";
import { effectOfDeletion } from "../domain/operators/on-delete.ts";
import { timeText } from "../kube/ages.ts";
import type { Resource } from "../kube/resource.ts";
import type { Finding, Location } from "../rule/finding.ts";
import type { Span } from "../text/span.ts";
import type { Fact } from "../yaml/fact.ts";
import type { Place } from "../yaml/node.ts";
import type { LintResult } from "./result.ts";

/** A cell of the ledger: the value for programs, a word for people (`?` where it is not known), and the line that says it. */
export interface LedgerCell<T> {
  readonly value: T | undefined;
  readonly word: string;
  /** Why it is unknown. */
  readonly because: string | undefined;
  /** Nobody wrote it: the program's own default. */
  readonly isDefault: boolean;
  readonly at: Place;
}

/** One way in which a database is backed up, ready to be shown. */
interface ShownBackup {
  readonly method: LedgerRow["method"];
  /** `logical`, `WAL` */
  readonly methodWord: string;
  /** `CronJob shop/orders-dump`, `PostgresCluster orders, repo1` */
  readonly by: string;
  /** The same without the kind. */
  readonly name: string;
  /** What takes it. */
  readonly resource: Resource;
  readonly at: Place;
  /** All of its object. */
  readonly span: Span;
  /** Why it takes nothing. */
  readonly fault: { readonly because: string; readonly at: Place } | undefined;
  /** The part of the database that it takes: `table orders only`. */
  readonly part: string | undefined;
  /** Seconds. */
  readonly recoveryPoint: LedgerCell<number>;
  readonly keeps: LedgerCell<NonNullable<LedgerRow["keeps"]["value"]>>;
  readonly lies: LedgerCell<NonNullable<LedgerRow["lies"]["value"]>>;
  readonly deletions: LedgerRow["deletions"];
  /** The rule that says that a failed run counts as a success. */
  readonly hiddenBy: string | undefined;
  /** Of a cluster: when it last succeeded. */
  readonly lastSuccess: LedgerCell<LastSuccess> | undefined;
}

/** What is promised for one database, ready to be shown: no secret and no control character in any text. */
export interface DatabaseBackups {
  /** `shop/orders-db` */
  readonly name: string;
  /** `postgres:16` */
  readonly server: string;
  readonly kind: string;
  readonly at: Place;
  readonly backups: readonly ShownBackup[];
  /** Backups that may be meant for it: `CronJob dump`. */
  readonly possible: readonly string[];
  /** undefined: none in view. */
  readonly restoreTest:
    | { readonly by: string | undefined; readonly every: number | undefined; readonly word: string; readonly at: Place }
    | undefined;
  /** What an operator does when the resource of the database is deleted; undefined: no operator's. */
  readonly onDelete: ReturnType<typeof effectOfDeletion>;
  /** The earliest point in time that can be restored; undefined: nothing in view names one. */
  readonly firstRecoveryPoint: LedgerCell<string> | undefined;
  /** Why nobody can say that nothing else backs it up; undefined: all that may was read. */
  readonly unread: string | undefined;
  readonly shortfalls: readonly Shortfall[];
}

/** Rules whose findings say of a backup that it takes nothing. */
const rulesOfFaults: readonly string[] = [
  "backup-on-emptydir",
  "cnpg-backup-cannot-run",
  "cnpg-clusters-share-archive",
  "dump-client-older-than-server",
  "pipefail-refused-by-shell",
];

/** Rules whose findings name the databases whose archives cannot be restored, wherever the archive is set up. */
const rulesOfArchives: readonly string[] = ["clusters-share-archive"];

/** Rules whose findings say of a backup that a failed run counts as a success. */
const rulesOfHiding: readonly string[] = ["backup-pipe-hides-failure", "backup-failure-hidden"];

/** All rules that the ledger asks for. */
export const rulesOfLedger: readonly string[] = [...rulesOfFaults, ...rulesOfArchives, ...rulesOfHiding];

/** The backups of each durable database in the given files, by name. */
export function databaseBackups(
  result: LintResult,
  requested: ReadonlySet<string> | undefined,
  required: BackupRequirements = {},
  /** Of a cluster: the kinds of which it did not show all there is. */
  unread: ReadonlySet<string> = new Set(),
): readonly DatabaseBackups[] {
  const [workspace] = result.workspaces;
  if (workspace === undefined) return [];
  const { live } = workspace;
  const ofCluster = (ledger: BackupLedger): BackupLedger =>
    live === undefined ? ledger : liveLedger(ledger, { live, unread });
  return backupLedgers(workspace.everything)
    .filter(({ database }) => requested?.has(database.resource.document.file.uri) !== false)
    .map((ledger) => shown(ofCluster(withFindings(ledger, result.findings)), result, required))
    .sort((a, b) => compare(a.name, b.name) || compare(a.at.file.uri, b.at.file.uri));
}

/** A backup that a finding says takes nothing counts as none; one whose failures are hidden is marked. */
function withFindings(ledger: BackupLedger, findings: readonly Finding[]): BackupLedger {
  const archive = findings.find(
    ({ ruleId, related }) =>
      rulesOfArchives.includes(ruleId) && related.some((place) => isInside(place, ledger.database.resource)),
  );
  const rows = ledger.rows.map((row): LedgerRow => {
    if (row.fault !== undefined) return row;
    const own = findings.filter(({ location }) => isInside(location, row.resource));
    const fault =
      own.find(({ ruleId }) => rulesOfFaults.includes(ruleId)) ?? (row.method === "wal-archive" ? archive : undefined);
    if (fault !== undefined) {
      const { file } = row.resource.node;
      const span = fault.location.uri === file.uri ? fault.location.span : row.at.span;
      return { ...row, fault: { because: fault.message, at: { file, span, yamlPath: [] } } };
    }
    const hiding = own.find(({ ruleId }) => rulesOfHiding.includes(ruleId));
    return hiding === undefined
      ? row
      : { ...row, hides: { ruleId: hiding.ruleId, isError: hiding.severity === "error" } };
  });
  return { ...ledger, rows };
}

function isInside({ uri, span }: Location, { node }: Resource): boolean {
  return uri === node.file.uri && span.start >= node.span.start && span.start <= node.span.end;
}

function shown(ledger: BackupLedger, result: LintResult, required: BackupRequirements): DatabaseBackups {
  const { database, rows, possible, restoreTest, cluster } = ledger;
  const { resource } = database;
  const uris = [resource, ...rows.map((row) => row.resource), ...possible].map((each) => each.document.file.uri);
  const line = (text: string): string => result.concealment.line(text, [...new Set(uris)]);
  const test = restoreTest?.value;
  const deletion = effectOfDeletion(database);
  return {
    name: line(shortName(resource)),
    server: line(serverName(database)),
    kind: resource.kind,
    at: resource.node.nearest("metadata", "name"),
    backups: rows.map((row) => ({
      method: row.method,
      methodWord: methodWord(row.method, database.engine),
      by: line(`${nameOf(row.resource)}${storeOf(row)}${olderOf(row)}`),
      name: line(`${shortName(row.resource)}${storeOf(row)}`),
      resource: row.resource,
      at: row.at,
      span: row.resource.node.span,
      fault: row.fault && { ...row.fault, because: line(row.fault.because) },
      part: row.part && line(row.part),
      recoveryPoint: cellOf(row.recoveryPoint, recoveryWord, line),
      keeps: cellOf(row.keeps, retentionWord, line),
      lies: cellOf(row.lies, whereWord, line),
      deletions: row.deletions.map(({ text, at }) => ({ text: line(text), at })),
      hiddenBy: row.hides?.ruleId,
      lastSuccess:
        row.lastSuccess && cluster && cellOf(row.lastSuccess, (fact) => successWord(fact, cluster.readAt), line),
    })),
    possible: possible.map((each: Resource) => line(nameOf(each))),
    restoreTest: restoreTest && {
      by: test && line(nameOf(test.resource)),
      every: test?.every,
      word: line(
        test === undefined
          ? `unknown: ${"because" in restoreTest ? restoreTest.because : ""}`
          : `${nameOf(test.resource)}, ${test.every === undefined ? "once" : `every ${timeWord(test.every)}`}`,
      ),
      at: restoreTest.at,
    },
    onDelete: deletion && { loss: deletion.loss && line(deletion.loss), text: line(deletion.text) },
    firstRecoveryPoint: cluster?.firstRecoveryPoint && cellOf(cluster.firstRecoveryPoint, timeOf, line),
    unread: cluster === undefined || cluster.hidden.length === 0 ? undefined : hiddenText(cluster.hidden),
    shortfalls: shortfallsOf(ledger, required).map(({ requirement, text }) => ({ requirement, text: line(text) })),
  };
}

function storeOf({ store }: LedgerRow): string {
  return store === undefined ? "" : `, ${store}`;
}

/** A cluster keeps many single backups; the newest stands for them. */
function olderOf({ older }: LedgerRow): string {
  return older === undefined ? "" : `, the newest of ${older + 1}`;
}

function timeOf({ value }: Fact<string>): string {
  return value === undefined ? "?" : timeText(value);
}

function cellOf<T>(
  fact: { readonly value: T | undefined; readonly at: Place; readonly because?: string; readonly origin?: string },
  word: (fact: never) => string,
  line: (text: string) => string,
): LedgerCell<T> {
  return {
    value: fact.value,
    word: word(fact as never),
    because: fact.because === undefined ? undefined : line(fact.because),
    isDefault: fact.origin === "default",
    at: fact.at,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
