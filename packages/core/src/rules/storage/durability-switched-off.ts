import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { storageClassOf } from "../../domain/storage/volumes.ts";
import { claimOf } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Fact } from "../../yaml/fact.ts";

export default defineRule({
  id: "durability-switched-off",
  subject: "database",
  meta: {
    summary: "A setting trades committed data for speed: a crash of the node loses it, or breaks the files.",
    rationale:
      "`fsync = off`, `full_page_writes = off` and `innodb_doublewrite = 0` leave pages half written when a node loses power or its kernel stops; the server does not notice, and reads wrong data later. `synchronous_commit = off` and `innodb_flush_log_at_trx_commit = 0` or `2` lose the last commits that clients were told are safe. Kubernetes moves Pods often: nodes are drained, preempted and killed for memory.",
    remedy:
      "Remove the setting: the defaults are safe. For data that may be lost, annotate the workload `dbops/data: ephemeral`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-wal.html",
      "https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html#sysvar_innodb_flush_log_at_trx_commit",
      "https://dev.mysql.com/doc/refman/8.4/en/innodb-doublewrite-buffer.html",
    ],
    quietWhen:
      "the data is declared a cache or ephemeral, is on no volume or an emptyDir, the value is not known, the other members of a Galera cluster have the commits, or ZFS keeps pages whole.",
  },
  check(database, { workspace, report }) {
    const { resource, durability, dataDirectory } = database;
    if (durability !== "durable") return;
    // What goes with the Pod is lost anyway: data-on-emptydir and data-directory-not-on-volume say so.
    if (dataDirectory?.mount?.volume?.source === "empty-dir") return;
    if (dataDirectory?.path.value !== undefined && dataDirectory.mount === undefined) return;
    const found = switches.flatMap((each) => {
      const written = writtenOff(each, database);
      return written === undefined || isMadeGood(each, database, workspace) ? [] : [{ ...each, ...written }];
    });
    const [first, ...more] = found;
    if (first === undefined) return;
    report({
      message: `${first.name} is ${first.text} for ${nameOf(resource)}: ${first.effect}.`,
      at: first.setting.at,
      ...(first.isFatal === true ? { severity: "error" as const } : {}),
      related: more.map(({ name, text, setting, effect }) => ({
        message: `${name} is ${text}: ${effect}`,
        at: setting.at,
      })),
    });
  },
});

/** `innodb_doublewrite=0`, `--skip-innodb-doublewrite` */
function writtenOff(
  { name, engines, value }: Switch,
  { engine, settings }: Database,
): { readonly setting: Fact<string>; readonly text: string } | undefined {
  if (!engines.includes(engine)) return undefined;
  const skip = engine === "postgresql" ? undefined : settings.get(`skip_${name}`);
  if (skip?.value === "") return { setting: skip, text: "OFF" };
  const setting = settings.get(name);
  if (setting?.value === undefined || setting.origin !== "written") return undefined;
  const text = setting.value.trim();
  return value.test(text) ? { setting, text } : undefined;
}

/** Whether something else does what was switched off. */
function isMadeGood({ effect, name }: Switch, database: Database, { everything }: Workspace): boolean {
  // The other members of Galera have the commits: the one that failed gets them from there.
  if (name === "innodb_flush_log_at_trx_commit") return isGalera(database);
  const mount = database.dataDirectory?.mount;
  if (effect !== torn || mount === undefined || database.workload === undefined) return false;
  // ZFS writes a page whole or not at all.
  const claim = claimOf(database.workload, mount.name, everything.resources)?.spec;
  const provisioner = claim === undefined ? undefined : storageClassOf(claim, everything.resources)?.node;
  return /zfs/i.test(`${claim?.string("storageClassName") ?? ""} ${provisioner?.string("provisioner") ?? ""}`);
}

function isGalera({ resource, image, settings, instances }: Database): boolean {
  if (instances.value === 1) return false;
  return (
    resource.kind === "PerconaXtraDBCluster" ||
    resource.node.boolean("spec", "galera", "enabled") === true ||
    /galera|xtradb-cluster/.test(image?.name ?? "") ||
    settings.get("wsrep_cluster_address") !== undefined
  );
}

interface Switch {
  readonly name: string;
  readonly engines: readonly Database["engine"][];
  readonly value: RegExp;
  readonly effect: string;
  readonly isFatal?: true;
}

const off = /^["']?(?:off|false|no|0)["']?$/i;
const torn = "a page that is half written when the node fails stays broken, and the server does not notice";

/** The gravest first. */
const switches: readonly Switch[] = [
  {
    name: "fsync",
    engines: ["postgresql"],
    value: off,
    effect: "when the node fails, the whole cluster can be corrupt beyond repair",
    isFatal: true,
  },
  { name: "full_page_writes", engines: ["postgresql"], value: off, effect: torn },
  { name: "innodb_doublewrite", engines: ["mysql", "mariadb"], value: off, effect: torn },
  {
    name: "synchronous_commit",
    engines: ["postgresql"],
    value: off,
    effect:
      "when the server crashes, the commits of about the last second are gone although clients were told they are safe",
  },
  {
    name: "innodb_flush_log_at_trx_commit",
    engines: ["mysql", "mariadb"],
    value: /^["']?0["']?$/,
    effect: "when mysqld crashes, the commits of about the last second are gone",
  },
  {
    name: "innodb_flush_log_at_trx_commit",
    engines: ["mysql", "mariadb"],
    value: /^["']?2["']?$/,
    effect: "when the node fails, the commits of about the last second are gone",
  },
];
