import { integerFact, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { known } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { BackupTerms } from "../model/backup-terms.ts";
import type { Operator, Refusal } from "../model/operator.ts";
import { folderOfStore } from "../storage/store-folder.ts";
import { keepsFor, whereOperatorStores } from "./backup-terms.ts";
import { openingsOf } from "./openings.ts";
import { isOff, isOn, keepsItsValue, refusal } from "./refusals.ts";

/** The second is the name until version 0.0.24. */
const groups = ["k8s.mariadb.com", "mariadb.mmontes.io"];

/** https://github.com/mariadb-operator/mariadb-operator/blob/main/docs/api_reference.md */
export const mariadbOperator: Operator = {
  name: "mariadb-operator",
  title: "mariadb-operator",
  onDelete: {
    claims: "stay, unless `storage.pvcRetentionPolicy.whenDeleted` is `Delete` and Kubernetes is 1.32 or later",
    backups: "`Backup` and `PhysicalBackup` are objects of their own: they stay, with their claims and buckets",
    secrets: "those it generated go",
    source:
      "https://github.com/mariadb-operator/mariadb-operator/blob/main/pkg/builder/persistentvolumeclaim_builder.go",
    read: "2026-07",
  },
  kinds: {
    MariaDB: groups,
    Backup: groups,
    PhysicalBackup: groups,
    Database: groups,
  },
  // pkg/controller/sql/finalizer.go of https://github.com/mariadb-operator/mariadb-operator (26.06): no policy is Delete
  declaresDatabase({ name, node }) {
    const policy = node.at("spec", "cleanupPolicy");
    const isByDefault = policy === undefined || policy.value === null;
    return {
      name: node.text("spec", "name") ?? name,
      keptWith: "cleanupPolicy: Skip",
      ...(isByDefault || policy.text() === "Delete"
        ? {
            droppedOnDelete: {
              because: isByDefault ? "cleanupPolicy is Delete by default" : "cleanupPolicy: Delete",
              at: policy ?? keyOf(node.nearest("spec")),
            },
          }
        : {}),
    };
  },
  databases: {
    MariaDB: {
      engine: "mariadb",
      instances: (node) => integerFact(node, ["spec", "replicas"], 1),
      version: [],
      image: ["spec", "image"],
      parameters: [["spec", "myCnf"]],
      storage: ["spec", "storage", "size"],
      // https://github.com/mariadb-operator/mariadb-operator/blob/main/api/v1alpha1/mariadb_types.go
      refusedChanges: keepsItsValue(
        ["spec", "storage", "storageClassName"],
        "'spec.storage.storageClassName' field is immutable",
      ),
      resources: ["spec", "resources"],
      claimDeletion: {
        path: ["spec", "storage", "pvcRetentionPolicy", "whenDeleted"],
        deletes: ["Delete"],
        keeps: "Retain",
      },
      spreads: false,
      isEphemeral: (node) => node.boolean("spec", "storage", "ephemeral") === true,
      followsAnother: (node) =>
        (node.text("spec", "multiCluster", "primary") ?? node.text("metadata", "name")) !==
        node.text("metadata", "name"),
    },
  },
  services: (name) => [
    [name, "any"],
    [`${name}-primary`, "primary"],
    [`${name}-secondary`, "replicas"],
    [`${name}-internal`, "any"],
  ],
  openings: {
    MariaDB: openingsOf(
      { at: ["spec", "service"] },
      { at: ["spec", "primaryService"] },
      { at: ["spec", "secondaryService"] },
    ),
  },
  nameLabels: ["app.kubernetes.io/instance"],
  pauses: {
    MariaDB: [{ path: ["spec", "suspend"], value: "true", effect: "gets no change and no failover from its operator" }],
  },
  refusals: { MariaDB: refusalsOfMariadb },
  backupsIn({ kind, node }, { named }) {
    if (kind !== "Backup" && kind !== "PhysicalBackup") return [];
    const schedule = node.at("spec", "schedule", "cron");
    const reference = node.at("spec", "mariaDbRef", "name");
    return [
      {
        method: kind === "Backup" ? "dump" : isSnapshot(node) ? "volume-snapshot" : "physical",
        engine: "mariadb",
        schedule: schedule === undefined ? undefined : textFact(schedule),
        databases: named(node.string("spec", "mariaDbRef", "name"), ["MariaDB"]),
        ...(reference === undefined ? {} : { target: textFact(reference) }),
        terms: termsOf(node),
      },
    ];
  },
};

/** internal/webhook/v1alpha1/mariadb_webhook.go of https://github.com/mariadb-operator/mariadb-operator (26.6, 2026-07): validateHA, storage. */
function refusalsOfMariadb({ node }: Resource): readonly Refusal[] {
  const found: Refusal[] = [];
  const replicas = node.at("spec", "replicas");
  const count = replicas?.integer();
  const methods = ["galera", "replication"].filter((method) => isOn(node, "spec", method, "enabled"));
  const hasNone = ["galera", "replication"].every((method) => isOff(node, "spec", method, "enabled"));
  if (methods.length === 2)
    found.push(refusal(node.nearest("spec", "replication"), "both spec.galera and spec.replication are enabled"));
  if (hasNone && count !== undefined && count > 1 && replicas !== undefined)
    found.push(refusal(replicas, `replicas ${count} needs spec.replication or spec.galera, and neither is enabled`));
  if (methods.length > 0 && count !== undefined && count <= 1 && replicas !== undefined)
    found.push(refusal(replicas, `replicas ${count} is too few for spec.${methods[0]}`));
  const ephemeral = node.at("spec", "storage", "ephemeral");
  if (ephemeral?.boolean() === true && methods.length > 0)
    found.push(refusal(ephemeral, `storage.ephemeral is only for a single server, and spec.${methods[0]} is enabled`));
  return found;
}

const month = 30 * 86_400;

function isSnapshot(node: YamlNode): boolean {
  return node.at("spec", "storage", "volumeSnapshot") !== undefined;
}

function termsOf(node: YamlNode): BackupTerms {
  const storage = node.at("spec", "storage");
  const lies = isSnapshot(node)
    ? known("snapshot" as const, keyOf(node.nearest("spec", "storage", "volumeSnapshot")))
    : storage && whereOperatorStores(storage, [["s3", "endpoint"]], ["persistentVolumeClaim", "volume"]);
  const folder = folderOfStore(storage);
  return {
    keeps: keepsFor(node, ["spec", "maxRetention"], month),
    ...(lies === undefined ? {} : { lies }),
    ...(folder === undefined ? {} : { folder }),
  };
}
