import { ageText, between } from "../../kube/ages.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import { type BackupLedger, type ClusterEvidence, type LedgerRow, takenOnce } from "../model/backup-ledger.ts";
import { nameOf } from "../model/names.ts";
import { hiddenText, timeWord, whereWord } from "./ledger-words.ts";

/** What each database has to have. Times in seconds. */
export interface BackupRequirements {
  /** A restore may lose this much. */
  readonly rpo?: number;
  /** A restore must reach back this far. */
  readonly retention?: number;
  /** One backup is outside the cluster. */
  readonly offsite?: true;
  /** A restore is tested at least this often. */
  readonly restoreTested?: number;
}

/** How a database falls short of one requirement. Unknown counts as not met. */
export interface Shortfall {
  readonly requirement: "rpo" | "retention" | "offsite" | "restore-tested";
  readonly text: string;
}

/** Each requirement that a database does not meet, by the best of its backups that run. */
export function shortfallsOf(ledger: BackupLedger, required: BackupRequirements): readonly Shortfall[] {
  const running = ledger.rows.filter((row) => row.fault === undefined);
  const rows = running.filter((row) => !isTakenOnce(row));
  const none = noneOf(ledger);
  const found: Shortfall[] = [];
  const add = (requirement: Shortfall["requirement"], text: string | undefined): void => {
    if (text !== undefined) found.push({ requirement, text });
  };
  if (required.rpo !== undefined) add("rpo", recentOf(ledger, running, rows, required.rpo));
  if (required.retention !== undefined) add("retention", rows.length === 0 ? none : reachOf(rows, required.retention));
  if (required.offsite === true) add("offsite", rows.length === 0 ? none : placeOf(rows));
  if (required.restoreTested !== undefined) add("restore-tested", testOf(ledger, required.restoreTested));
  return found;
}

/** That nothing backs it up on a schedule; where not everything could be listed, nobody knows. */
function noneOf({ cluster }: BackupLedger): string {
  const hidden = cluster?.hidden ?? [];
  return hidden.length === 0
    ? "no backup of it runs on a schedule"
    : `whether a backup of it runs is not known: ${hiddenText(hidden)}`;
}

/** What is taken once promises nothing for tomorrow. */
function isTakenOnce({ recoveryPoint }: LedgerRow): boolean {
  return "because" in recoveryPoint && recoveryPoint.because === takenOnce;
}

/** What a restore from a cluster loses now counts by whatever took the backup; files say only what a schedule promises. */
function recentOf(
  ledger: BackupLedger,
  running: readonly LedgerRow[],
  scheduled: readonly LedgerRow[],
  most: number,
): string | undefined {
  const { cluster } = ledger;
  const rows = cluster === undefined ? scheduled : running;
  if (rows.length === 0) return noneOf(ledger);
  return cluster === undefined ? lossOf(rows, most) : lossSince(rows, most, cluster);
}

function lossOf(rows: readonly LedgerRow[], most: number): string | undefined {
  const often = rows.filter(({ recoveryPoint }) => (recoveryPoint.value ?? Number.POSITIVE_INFINITY) <= most);
  if (often.length > 0) return hiddenFailure(often);
  const best = Math.min(...rows.map(({ recoveryPoint }) => recoveryPoint.value ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(best)
    ? `a restore may lose ${timeWord(best)}`
    : `how much a restore may lose is not known: ${reasonOf(rows.map(({ recoveryPoint }) => recoveryPoint))}`;
}

/** The same by what the cluster says: the age of the last backup that succeeded. */
function lossSince(rows: readonly LedgerRow[], most: number, { readAt }: ClusterEvidence): string | undefined {
  const judged = rows.map((row) => ({ row, loss: lossNow(row, readAt) }));
  const recent = judged.filter(({ loss: { value } }) => value !== undefined && value <= most);
  if (recent.length > 0) return hiddenFailure(recent.map(({ row }) => row));
  const losses = judged.map(({ loss }) => loss);
  const unclear = losses.filter(({ value }) => value === undefined);
  if (unclear.length > 0) return `when a backup last succeeded is not known: ${reasonOf(unclear)}`;
  const best = Math.min(...losses.map(({ value }) => value ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(best)
    ? `its last good backup is ${ageText(best * 1000)} old`
    : "none of its backups has ever succeeded";
}

/** Seconds that a restore would lose now; infinite: it has nothing to restore. */
function lossNow({ lastSuccess, recoveryPoint, at }: LedgerRow, readAt: string): Fact<number> {
  if (lastSuccess === undefined) return unknown(at, "the cluster does not say it");
  if (lastSuccess.value === undefined) return unknown(lastSuccess.at, reasonOf([lastSuccess]));
  switch (lastSuccess.value.kind) {
    case "never":
      return known(Number.POSITIVE_INFINITY, lastSuccess.at);
    case "continuous":
      return recoveryPoint;
    case "ended": {
      const age = between(lastSuccess.value.time, readAt);
      return age === undefined
        ? unknown(lastSuccess.at, "the time of its last success cannot be read")
        : known(age / 1000, lastSuccess.at);
    }
  }
}

/** A failed run of each of them counts as a success: what it says of itself is no proof. */
function hiddenFailure(rows: readonly LedgerRow[]): string | undefined {
  const [first] = rows;
  return first === undefined || rows.some(({ hides }) => hides?.isError !== true)
    ? undefined
    : `a failed run of ${nameOf(first.resource)} counts as a success (${first.hides?.ruleId})`;
}

function reachOf(rows: readonly LedgerRow[], least: number): string | undefined {
  const times = rows.map(keptFor);
  const best = Math.max(...times.map((time) => time ?? -1));
  if (best >= least) return undefined;
  return best >= 0
    ? `backups are kept for ${timeWord(best)}`
    : `how long backups are kept is not known: ${reasonOf(rows.flatMap(({ keeps, recoveryPoint }) => [keeps, recoveryPoint]))}`;
}

/** Seconds; so many copies reach back as many times the interval at which they are made. */
function keptFor({ keeps: { value }, recoveryPoint }: LedgerRow): number | undefined {
  if (value === undefined) return undefined;
  if (value.kind === "all") return Number.POSITIVE_INFINITY;
  if (value.kind === "time") return value.seconds;
  const every = value.every ?? recoveryPoint.value;
  return every === undefined ? undefined : value.copies * every;
}

function placeOf(rows: readonly LedgerRow[]): string | undefined {
  if (rows.some(({ lies }) => lies.value === "off-site")) return undefined;
  const unknown = rows.filter(({ lies }) => lies.value === undefined);
  if (unknown.length > 0) return `where its backups are is not known: ${reasonOf(unknown.map(({ lies }) => lies))}`;
  const words = [...new Set(rows.map(({ lies }) => whereWord(lies)))];
  return `its backups are not outside the cluster (${words.join(", ")})`;
}

function testOf({ restoreTest, database }: BackupLedger, most: number): string | undefined {
  if (restoreTest === undefined) return "nothing in view tests a restore";
  if (restoreTest.value === undefined) return "because" in restoreTest ? restoreTest.because : undefined;
  const { every, resource } = restoreTest.value;
  if (every === undefined) return `${nameOf(resource)} restores it once, on no schedule`;
  return every <= most || resource === database.resource
    ? undefined
    : `${nameOf(resource)} tests a restore every ${timeWord(every)}`;
}

function reasonOf(facts: readonly Fact<unknown>[]): string {
  const reasons = facts.flatMap((fact) => ("because" in fact ? [fact.because] : []));
  return [...new Set(reasons)].join("; ");
}
