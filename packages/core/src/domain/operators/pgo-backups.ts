import { longestGap } from "../../kube/cron-gaps.ts";
import { textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { BackupDeletion, BackupTerms, Retention, Whereabouts } from "../model/backup-terms.ts";
import type { Operator, OperatorBackup } from "../model/operator.ts";
import { folderOfStore } from "../storage/store-folder.ts";
import { keepsCopies, whereOperatorStores } from "./backup-terms.ts";
import { archiveTimeout } from "./wal-terms.ts";

/** `archive_timeout` where the resource sets none. https://github.com/CrunchyData/postgres-operator/blob/main/internal/pgbackrest/postgres.go */
const standardTimeout = 60;

/**
 * Each pgBackRest repository is an archive of WAL of its own, whose first base backup the operator takes itself; its schedules take more.
 * https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/backups-disaster-recovery/backup-management
 */
export const backupsOfPgo: NonNullable<Operator["backupsIn"]> = (resource, { own }) => {
  const section = resource.node.at("spec", "backups", "pgbackrest");
  const repositories = section?.at("repos")?.items() ?? [];
  const databases = own();
  const engine = "postgresql";
  return repositories.flatMap((repository): readonly OperatorBackup[] => {
    const terms = termsOf(resource, repository, section?.at("global"));
    const schedules = (repository.at("schedules")?.entries() ?? []).map(
      ([, schedule]): OperatorBackup => ({
        method: "physical",
        engine,
        schedule: textFact(schedule),
        databases,
        terms,
      }),
    );
    const recoveryPoint = archiveTimeout(databases[0], standardTimeout, resource.node);
    return [
      { method: "wal-archive", engine, schedule: undefined, databases, terms: { ...terms, recoveryPoint } },
      ...schedules,
    ];
  });
};

function termsOf(resource: Resource, repository: YamlNode, global: YamlNode | undefined): BackupTerms {
  const store = repository.text("name") ?? "";
  const lies = whereOperatorStores(repository, [["s3", "endpoint"]], ["volume"]);
  const bucket = folderOfStore(repository);
  // https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/backups-disaster-recovery/backups
  const prefix = global?.text(`${store}-path`) ?? `/pgbackrest/${store}`;
  const folder = bucket === undefined ? undefined : { ...bucket, prefix: prefix.replace(/^\//, "") };
  return {
    store,
    ...(folder === undefined ? {} : { folder }),
    keeps: retentionOf(store, repository, global),
    ...(lies === undefined ? {} : { lies: withClass(lies, repository, resource.node) }),
    deletions: repository.at("volume") === undefined ? [] : ownedBy(resource, repository),
  };
}

/** Without `repoN-retention-full` pgBackRest keeps everything; its type is a count unless `time`, in days. */
function retentionOf(store: string, repository: YamlNode, global: YamlNode | undefined): Fact<Retention> {
  const full = global?.at(`${store}-retention-full`);
  if (full === undefined) return byDefault({ kind: "all" }, keyOf(repository.nearest("name")));
  const isTime = global?.text(`${store}-retention-full-type`) === "time";
  const copies = keepsCopies(full);
  if (copies?.value?.kind !== "copies") return copies ?? byDefault({ kind: "all" }, full);
  if (isTime) return known({ kind: "time", seconds: copies.value.copies * 86_400 }, full);
  const every = longestGap(repository.text("schedules", "full") ?? "");
  return known({ ...copies.value, ...(every === undefined ? {} : { every }) }, full);
}

/** A repository on a claim is as safe as its StorageClass is another than that of the data. */
function withClass(lies: Fact<Whereabouts>, repository: YamlNode, cluster: YamlNode): Fact<Whereabouts> {
  if (lies.value !== "cluster" || repository.at("volume") === undefined) return lies;
  const own = repository.text("volume", "volumeClaimSpec", "storageClassName");
  const data = (cluster.at("spec", "instances")?.items() ?? []).map((set) =>
    set.text("dataVolumeClaimSpec", "storageClassName"),
  );
  return data.length > 0 && data.every((each) => each === own) ? known("same-class", lies.at) : lies;
}

/** Crunchy's operator owns the claims of data and repositories; Percona's fork keeps them unless a finalizer says otherwise. */
function ownedBy(resource: Resource, repository: YamlNode): readonly BackupDeletion[] {
  if (resource.kind === "PostgresCluster")
    return [
      {
        text: `deleting PostgresCluster ${resource.name} deletes ${repository.text("name") ?? "its repository"} with the data (the operator owns the claims)`,
        at: keyOf(repository.nearest("volume")),
      },
    ];
  const finalizer = (resource.node.at("metadata", "finalizers")?.items() ?? []).find((each) =>
    /delete-(?:backups|pvc)$/.test(each.string() ?? ""),
  );
  return finalizer === undefined
    ? []
    : [
        {
          text: `deleting ${resource.kind} ${resource.name} deletes it (finalizer ${finalizer.string()})`,
          at: finalizer,
        },
      ];
}
