import { hasPlaceholder, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type {
  BackupDeletion,
  BackupFault,
  BackupTerms,
  Retention,
  StoreFolder,
  Whereabouts,
} from "../model/backup-terms.ts";
import type { BackupSources, Operator, OperatorBackup } from "../model/operator.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { folderOfUrl } from "../storage/store-folder.ts";
import { keepsBarman } from "./backup-terms.ts";
import { archiveTimeout } from "./wal-terms.ts";

type Find = BackupSources["object"];

/** `archive_timeout` of every Cluster that does not set it. https://cloudnative-pg.io/documentation/current/postgresql_conf/ */
const standardTimeout = 300;

/** What CloudNativePG takes: the Cluster archives WAL, a ScheduledBackup or Backup takes the base. */
export const backupsOfCnpg: NonNullable<Operator["backupsIn"]> = (resource, sources) => {
  const { kind, node } = resource;
  if (kind === "ScheduledBackup" || kind === "Backup") return [baseBackup(resource, sources)];
  if (kind !== "Cluster") return [];
  const databases = sources.own();
  const archive = archiveOf(resource, sources.object);
  const engine = "postgresql";
  if (archive !== undefined) {
    const fault = archiveFault(node);
    const terms: BackupTerms = {
      ...archive,
      recoveryPoint: archiveTimeout(databases[0], standardTimeout, node),
      needsBase: true,
      ...(fault === undefined ? {} : { fault }),
    };
    return [{ method: "wal-archive", engine, schedule: undefined, databases, terms }];
  }
  const snapshots = node.at("spec", "backup", "volumeSnapshot");
  if (snapshots === undefined) return [];
  return [
    {
      method: "volume-snapshot",
      engine,
      schedule: undefined,
      databases,
      terms: { ...snapshotTerms(resource, sources.object), needsBase: true },
    },
  ];
};

function baseBackup({ kind, node }: Resource, { named, object }: BackupSources): OperatorBackup {
  const name = node.at("spec", "cluster", "name");
  const schedule = kind === "ScheduledBackup" ? node.at("spec", "schedule") : undefined;
  const databases = named(node.string("spec", "cluster", "name"), ["Cluster"]);
  const cluster = databases[0]?.resource;
  const isSnapshot = node.text("spec", "method") === "volumeSnapshot";
  const of = isSnapshot ? snapshotTerms : archiveOf;
  const terms = cluster === undefined ? undefined : of(cluster, object);
  return {
    method: isSnapshot ? "volume-snapshot" : "physical",
    engine: "postgresql",
    schedule: schedule === undefined ? undefined : textFact(schedule),
    dialect: "seconds-first",
    databases,
    ...(name === undefined ? {} : { target: textFact(name) }),
    ...(terms === undefined ? {} : { terms }),
  };
}

/** Why a Cluster with a place to archive to archives nothing. */
function archiveFault(node: YamlNode): BackupFault | undefined {
  const skips = node.at("metadata", "annotations", "cnpg.io/skipWalArchiving");
  if (skips?.text() === "enabled") return { because: "cnpg.io/skipWalArchiving is enabled", at: skips };
  if (node.at("spec", "backup", "barmanObjectStore") !== undefined) return undefined;
  const plugin = barmanOf(node);
  const archiver = plugin?.at("isWALArchiver");
  // https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#pluginconfiguration
  return plugin === undefined || archiver?.boolean() === true || hasPlaceholder(archiver?.text() ?? "")
    ? undefined
    : { because: "the plugin archives no WAL: isWALArchiver is not true", at: archiver ?? plugin };
}

function barmanOf(node: YamlNode): YamlNode | undefined {
  return (node.at("spec", "plugins")?.items() ?? []).find(
    (each) => /barman/.test(each.string("name") ?? "") && each.boolean("enabled") !== false,
  );
}

interface Archive {
  readonly keeps: Fact<Retention>;
  readonly lies: Fact<Whereabouts>;
  readonly folder?: StoreFolder;
}

/** Where a Cluster archives and how long that is kept; undefined: it archives nothing. */
function archiveOf({ node }: Resource, find: Find): Archive | undefined {
  const inTree = node.at("spec", "backup", "barmanObjectStore");
  if (inTree !== undefined) {
    const retention = node.at("spec", "backup", "retentionPolicy");
    return { keeps: keepsBarman(retention, keyOf(inTree)), lies: whereBarmanStores(inTree), ...bucketOf(inTree) };
  }
  const plugin = barmanOf(node);
  if (plugin === undefined) return archiveOfOther(node);
  const store = plugin.at("parameters", "barmanObjectName");
  const name = store?.text();
  const found = name === undefined ? undefined : find("ObjectStore", name);
  if (found === undefined) {
    const missing = unknown(store ?? plugin, `ObjectStore ${name ?? ""} is not in view`.replace("  ", " "));
    return { keeps: missing, lies: missing };
  }
  const configuration = found.node.at("spec", "configuration") ?? found.node;
  return {
    keeps: keepsBarman(found.node.at("spec", "retentionPolicy"), keyOf(found.node.nearest("spec"))),
    lies: whereBarmanStores(configuration),
    ...bucketOf(configuration),
  };
}

function bucketOf(store: YamlNode): Pick<Archive, "folder"> {
  const folder = folderOfUrl(store.text("destinationPath"), store.text("endpointURL"));
  return folder === undefined ? {} : { folder };
}

/** Another plugin that archives, such as pgbackrest.dalibo.com: what it keeps and where is in resources of its own. */
function archiveOfOther(node: YamlNode): Archive | undefined {
  const plugin = (node.at("spec", "plugins")?.items() ?? []).find(
    (each) => each.boolean("isWALArchiver") === true && each.boolean("enabled") !== false,
  );
  if (plugin === undefined) return undefined;
  const elsewhere = unknown(plugin, `plugin ${plugin.text("name") ?? ""} is set up elsewhere`);
  return { keeps: elsewhere, lies: elsewhere };
}

function whereBarmanStores(store: YamlNode): Fact<Whereabouts> {
  const endpoint = store.at("endpointURL");
  return whereStoreIs(endpoint?.text(), endpoint ?? store.nearest("destinationPath"));
}

/** Nothing of the operator's deletes old snapshots. https://cloudnative-pg.io/documentation/current/appendixes/backup_volumesnapshot/ */
function snapshotTerms(cluster: Resource, find: Find): BackupTerms {
  const section = cluster.node.at("spec", "backup", "volumeSnapshot");
  const at = section ?? cluster.node.nearest("spec", "backup");
  const owner = section?.at("snapshotOwnerReference");
  const className = section?.text("className");
  const found = className === undefined ? undefined : find("VolumeSnapshotClass", className);
  const deletes = found?.node.text("deletionPolicy") === "Delete";
  const deletions: readonly BackupDeletion[] =
    owner?.text() === "cluster"
      ? [
          {
            text: `deleting Cluster ${cluster.name} deletes its snapshots${deletes ? ` and class ${found.name} deletes them on the storage` : ""}`,
            at: owner,
          },
        ]
      : [];
  return { keeps: byDefault({ kind: "all" }, keyOf(at)), lies: known("snapshot", keyOf(at)), deletions };
}
