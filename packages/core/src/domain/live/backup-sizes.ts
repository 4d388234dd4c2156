import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import { groupBy } from "../../text/group-by.ts";
import { oncePer } from "../../text/once.ts";
import { own } from "../../text/own.ts";
import type { YamlNode } from "../../yaml/node.ts";

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

interface Fields {
  readonly cluster: readonly string[];
  readonly done: readonly [field: string, value: string];
  readonly ended: string;
  readonly series: readonly (readonly string[])[];
}

/**
 * Where each operator writes it, checked in their code: percona-server-mongodb-operator 2026-07 (`1.23GB`, PBM's PrettySize),
 * percona-postgresql-operator 2026-08 (bytes, of this backup alone), mysql-operator 2024-09 (`1.234G`). CloudNativePG, PXC, Percona's
 * MySQL and mariadb-operator write none.
 */
const fields: Readonly<Record<string, Fields>> = {
  PerconaServerMongoDBBackup: {
    cluster: ["spec", "clusterName"],
    done: ["state", "ready"],
    ended: "completed",
    series: [
      ["status", "type"],
      ["spec", "storageName"],
    ],
  },
  PerconaPGBackup: {
    cluster: ["spec", "pgCluster"],
    done: ["state", "Succeeded"],
    ended: "completed",
    series: [
      ["status", "backupType"],
      ["spec", "repoName"],
    ],
  },
  MySQLBackup: {
    cluster: ["spec", "clusterName"],
    done: ["status", "Completed"],
    ended: "completionTime",
    series: [["spec", "backupProfileName"]],
  },
};

export const sizedKinds = ["PerconaServerMongoDBBackup", "PerconaPGBackup", "MySQLBackup"] as const;

/** A backup that has ended well, and its size; undefined: it has not, or nothing says its size. */
function sizedBackup(resource: Resource): SizedBackup | undefined {
  const { kind, namespace, node } = resource;
  const of = own(fields, kind);
  const status = node.at("status");
  const at = status?.at("size");
  const text = at?.text();
  if (of === undefined || status === undefined || at === undefined || text === undefined) return undefined;
  const bytes = bytesOf(text);
  const ended = status.text(of.ended);
  if (bytes === undefined || ended === undefined || status.text(of.done[0]) !== of.done[1]) return undefined;
  const parts = [of.cluster, ...of.series].map((path) => node.text(...path) ?? "");
  return { resource, bytes, at, text, ended, series: [kind, namespace ?? "", ...parts].join(" ") };
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
