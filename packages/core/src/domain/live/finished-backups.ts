import type { Resource } from "../../kube/resource.ts";
import { own } from "../../text/own.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** One run of a backup that is an object of its own, and that ended well. */
export interface FinishedBackup {
  readonly resource: Resource;
  /** The name of the database's object, in the same namespace. */
  readonly cluster: string;
  /** Which of several stores of the database it went to; undefined: its object has no such field. */
  readonly store: string | undefined;
  /** When it ended, as the cluster writes it. */
  readonly ended: string;
  readonly at: YamlNode;
}

interface Fields {
  readonly cluster: readonly string[];
  readonly store?: readonly string[];
  /** The field of the status that says how it ended, and its value where it ended well. */
  readonly done: readonly [field: string, value: string];
  readonly ended: string;
}

/**
 * Where each operator writes it, checked in their code: percona-server-mongodb-operator 2026-07, percona-postgresql-operator 2026-08,
 * percona-xtradb-cluster-operator 2026-03, percona-server-mysql-operator 2026-08, mysql-operator 2024-09.
 */
const fields = {
  PerconaServerMongoDBBackup: {
    cluster: ["spec", "clusterName"],
    store: ["spec", "storageName"],
    done: ["state", "ready"],
    ended: "completed",
  },
  PerconaXtraDBClusterBackup: {
    cluster: ["spec", "pxcCluster"],
    store: ["spec", "storageName"],
    done: ["state", "Succeeded"],
    ended: "completed",
  },
  PerconaServerMySQLBackup: {
    cluster: ["spec", "clusterName"],
    store: ["spec", "storageName"],
    done: ["state", "Succeeded"],
    ended: "completed",
  },
  PerconaPGBackup: {
    cluster: ["spec", "pgCluster"],
    store: ["spec", "repoName"],
    done: ["state", "Succeeded"],
    ended: "completed",
  },
  MySQLBackup: { cluster: ["spec", "clusterName"], done: ["status", "Completed"], ended: "completionTime" },
} as const satisfies Readonly<Record<string, Fields>>;

/** The kinds of such objects. */
export const finishedKinds = Object.keys(fields) as readonly (keyof typeof fields)[];

/** Which of these kinds the backups of a database's object have. */
export const backupKindOf: Readonly<Record<string, keyof typeof fields>> = {
  PerconaServerMongoDB: "PerconaServerMongoDBBackup",
  PerconaXtraDBCluster: "PerconaXtraDBClusterBackup",
  PerconaServerMySQL: "PerconaServerMySQLBackup",
  PerconaPGCluster: "PerconaPGBackup",
  InnoDBCluster: "MySQLBackup",
};

/** undefined: it has not ended well, or its kind is another. */
export function finishedBackup(resource: Resource): FinishedBackup | undefined {
  const of: Fields | undefined = own(fields, resource.kind);
  const status = resource.node.at("status");
  const at = of === undefined ? undefined : status?.at(of.ended);
  const ended = at?.text();
  if (of === undefined || at === undefined || ended === undefined) return undefined;
  if (status?.text(of.done[0]) !== of.done[1]) return undefined;
  const cluster = resource.node.text(...of.cluster) ?? "";
  return { resource, cluster, store: of.store && resource.node.text(...of.store), ended, at };
}
