import { backupKinds } from "../../facts/kinds.ts";
import { groupBy } from "../../text/group-by.ts";
import { known, unknown } from "../../yaml/fact.ts";
import { hiddenText } from "../backup/ledger-words.ts";
import type { BackupLedger, LedgerRow } from "../model/backup-ledger.ts";
import { cnpgRecovery } from "./cnpg-recovery.ts";
import { finishedKinds } from "./finished-backups.ts";
import { type LiveView, lastSuccessOf, scheduleOf } from "./last-success.ts";

/** A ledger with what the cluster says of its backups: when each last succeeded, and what of them could not be read. */
export function liveLedger(ledger: BackupLedger, view: LiveView): BackupLedger {
  const { database, restoreTest } = ledger;
  const { live, unread } = view;
  const hidden = backupKinds.filter((kind) => unread.has(kind));
  const rows = foldedRuns(
    ledger.rows.map((row): LedgerRow => ({ ...row, lastSuccess: lastSuccessOf(row, view) })),
    ledger,
  );
  const { first } = database.resource.kind === "Cluster" ? cnpgRecovery(database.resource, live) : { first: undefined };
  const unlisted = ["CronJob", "Job"].filter((kind) => unread.has(kind));
  return {
    ...ledger,
    rows,
    restoreTest:
      restoreTest === undefined && unlisted.length > 0
        ? unknown(database.resource.node.nearest("metadata", "name"), hiddenText(unlisted))
        : restoreTest,
    cluster: {
      readAt: live.readAt,
      firstRecoveryPoint: first === undefined ? undefined : known(first.text() ?? "", first),
      hidden,
    },
  };
}

/** Kinds whose objects are one backup each. */
const singleKinds: ReadonlySet<string> = new Set(["Backup", "VolumeSnapshot", ...finishedKinds]);

/** A cluster keeps an object for each run: those of a schedule are told by its row, and of the others the newest stands for all. */
function foldedRuns(rows: readonly LedgerRow[], { database }: BackupLedger): readonly LedgerRow[] {
  const isSingle = ({ resource, recoveryPoint }: LedgerRow): boolean =>
    singleKinds.has(resource.kind) && recoveryPoint.value === undefined;
  const lasting = rows.filter((row) => !isSingle(row));
  const isTold = ({ resource, store }: LedgerRow): boolean =>
    lasting.some(
      (row) =>
        row.fault === undefined &&
        (row.resource.name === scheduleOf(resource) ||
          (row.resource === database.resource &&
            row.method !== "wal-archive" &&
            finishedKinds.some((kind) => kind === resource.kind) &&
            (row.store === undefined || row.store === store))),
    );
  const single = groupBy(
    rows.filter((row) => isSingle(row) && !isTold(row)),
    ({ resource, method, store, fault }) => [`${resource.kind} ${method} ${store ?? ""} ${fault === undefined}`],
  );
  return [
    ...lasting,
    ...[...single.values()].flatMap((all) => {
      const [newest, ...older] = [...all].sort((a, b) => ageOf(b) - ageOf(a));
      return newest === undefined ? [] : older.length === 0 ? [newest] : [{ ...newest, older: older.length }];
    }),
  ];
}

/** The later it succeeded, the larger; what never did is behind all that did. */
function ageOf({ lastSuccess }: LedgerRow): number {
  const success = lastSuccess?.value;
  return success?.kind === "ended" ? Date.parse(success.time) : 0;
}
