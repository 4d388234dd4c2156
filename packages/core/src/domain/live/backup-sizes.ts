import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import { groupBy } from "../../text/group-by.ts";
import { oncePer } from "../../text/once.ts";
import { own } from "../../text/own.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { finishedBackup } from "./finished-backups.ts";

/** One finished backup whose operator says how large it is. */
export interface SizedBackup {
  readonly resource: Resource;
  readonly bytes: number;
  readonly at: YamlNode;
  /** The size as the operator writes it. */
  readonly text: string;
  /** When it ended, as the cluster writes it. */
  readonly ended: string;
  /** Only sizes of one series can be compared: the same cluster, storage and type (full, incremental, logical, physical). */
  readonly series: string;
}

/**
 * What beside its cluster tells the series of a backup: checked in the code of percona-server-mongodb-operator 2026-07 (`1.23GB`, PBM's
 * PrettySize), percona-postgresql-operator 2026-08 (bytes, of this backup alone), mysql-operator 2024-09 (`1.234G`). CloudNativePG, PXC,
 * Percona's MySQL and mariadb-operator write no size.
 */
const parts = {
  PerconaServerMongoDBBackup: [
    ["status", "type"],
    ["spec", "storageName"],
  ],
  PerconaPGBackup: [
    ["status", "backupType"],
    ["spec", "repoName"],
  ],
  MySQLBackup: [["spec", "backupProfileName"]],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

export const sizedKinds = ["PerconaServerMongoDBBackup", "PerconaPGBackup", "MySQLBackup"] as const;

/** A backup that has ended well, and its size; undefined: it has not, or nothing says its size. */
function sizedBackup(resource: Resource): SizedBackup | undefined {
  const { kind, namespace, node } = resource;
  const of: readonly (readonly string[])[] | undefined = own(parts, kind);
  const finished = finishedBackup(resource);
  const at = node.at("status", "size");
  const text = at?.text();
  if (of === undefined || finished === undefined || at === undefined || text === undefined) return undefined;
  const bytes = bytesOf(text);
  if (bytes === undefined) return undefined;
  const { ended, cluster } = finished;
  const series = [kind, namespace ?? "", cluster, ...of.map((path) => node.text(...path) ?? "")].join(" ");
  return { resource, bytes, at, text, ended, series };
}

/** The backups of one series, the newest last. */
export const seriesOf: (live: LiveWorld) => ReadonlyMap<string, readonly SizedBackup[]> = oncePer((live) => {
  const all = sizedKinds.flatMap((kind) => live.ofKind(kind)).flatMap((each) => sizedBackup(each) ?? []);
  const sorted = all.sort((a, b) => (a.ended < b.ended ? -1 : a.ended > b.ended ? 1 : 0));
  return groupBy(sorted, ({ series }) => [series]);
});

const units = ["", "K", "M", "G", "T", "P"];

/** `1.23GB`, `12.5G`, `5242880`: each prefix is 1024 of the one before. */
function bytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?(?:e[-+]?\d+)?) ?([KMGTP]?)(?:i?B)?$/i.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * 1024 ** units.indexOf((match[2] ?? "").toUpperCase());
}

/** `20 B`, `11.8 GB` */
export function sizeText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${Math.round((bytes / 1024 ** power) * 10) / 10} ${units[power]}B`;
}
