import { type Command, writtenLine } from "../../embedded/command.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import { isAnyIn, type Pattern } from "../../text/scan.ts";

const mark = "dbops/restore-test";

/** Whether an object restores a backup, or says that it tests one. */
export function isRestore(resource: Resource): boolean {
  return (
    markOf(resource) !== undefined ||
    resource.node.at("spec", "bootstrap", "recovery") !== undefined ||
    (resource.kind === "MariaDB" && resource.node.at("spec", "bootstrapFrom") !== undefined) ||
    restoreCommands(resource).length > 0
  );
}

/** `dbops/restore-test: orders-db` as label or annotation of the object or its Pods. */
export function markOf({ labels, annotations, workload }: Resource): string | undefined {
  return labels[mark] ?? annotations[mark] ?? workload?.podLabels[mark] ?? workload?.podAnnotations[mark];
}

/** Commands that restore what they read. */
export function restoreCommands({ workload }: Resource): readonly Command[] {
  return (workload?.containers ?? []).flatMap(({ commands }) =>
    commands.filter((command) => restores(command, commands)),
  );
}

/** Programs that restore and do nothing else; psql and mysql run any SQL, a migration too. */
export function isRestorer(command: Command): boolean {
  return isAnyIn(writtenLine(command), restorers);
}

function restores(command: Command, commands: readonly Command[]): boolean {
  const line = writtenLine(command);
  if (isAnyIn(line, restorers) || isAnyIn(line, readers)) return true;
  return client.test(line) && (command.readsFrom !== undefined || commands.some((each) => each.feeds === command));
}

const restorers: readonly Pattern[] = [
  /\bpg_restore\b(?! (?:-l|--list))/,
  /\b(?:mongorestore|myloader|wal-g backup-fetch|barman(?:-cloud)?[- ]restore|xtrabackup --(?:prepare|copy-back))\b/,
  [/\bpgbackrest /, /restore\b/],
];
const readers: readonly Pattern[] = [[/\b(?:psql|mysql|mariadb)\b/, / -f/]];

/** Restores what it reads: `psql shop < dump.sql`, `zcat dump.sql.gz | mysql shop`. */
const client = /^(?:[^\s=]*=\S* )*(?:\S*\/)?(?:psql|mysql|mariadb)\b/;

/** Whether a Cluster of CloudNativePG was, or will be, made from the archive or a Backup of another one. */
export function isRecoveryOf(copy: Resource, cluster: Resource, backups: readonly Resource[]): boolean {
  const recovery = copy.node.at("spec", "bootstrap", "recovery");
  if (recovery === undefined || copy === cluster || !namespacesAgree(copy, cluster)) return false;
  const name = recovery.text("backup", "name");
  if (name !== undefined)
    return backups.some((each) => each.name === name && each.node.text("spec", "cluster", "name") === cluster.name);
  const source = recovery.text("source");
  const external = (copy.node.at("spec", "externalClusters")?.items() ?? []).find(
    (each) => each.text("name") === source,
  );
  const server =
    external?.text("plugin", "parameters", "serverName") ?? external?.text("barmanObjectStore", "serverName") ?? source;
  return server === (archiveName(cluster) ?? cluster.name);
}

/** The name under which a Cluster archives, where that is not its own. */
function archiveName({ node }: Resource): string | undefined {
  const plugin = (node.at("spec", "plugins")?.items() ?? []).find((each) => each.at("parameters", "serverName"));
  return plugin?.text("parameters", "serverName") ?? node.text("spec", "backup", "barmanObjectStore", "serverName");
}
