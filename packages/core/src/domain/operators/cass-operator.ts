import { integerFact, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { BackupTerms, Retention } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import type { BackupSources, Operator, OperatorBackup, ServiceRole } from "../model/operator.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { sumOf } from "./count-instances.ts";

const medusa = ["medusa.k8ssandra.io"];

/** cass-operator and K8ssandra, whose clusters are made of its datacenters. https://docs.k8ssandra.io/reference/ */
export const cassOperator: Operator = {
  name: "cass-operator",
  title: "cass-operator",
  onDelete: {
    claims: 'go, unless annotation `cassandra.datastax.com/delete-pvc` is `"false"`',
    backups: "what Medusa has in the bucket stays",
    secrets: "the superuser's password that it generated stays",
    source: "https://github.com/k8ssandra/cass-operator/blob/master/pkg/reconciliation/reconcile_datacenter.go",
    read: "2026-08",
  },
  kinds: {
    CassandraDatacenter: ["cassandra.datastax.com"],
    K8ssandraCluster: ["k8ssandra.io"],
    MedusaBackupSchedule: medusa,
    MedusaBackupJob: medusa,
  },
  databases: {
    CassandraDatacenter: {
      engine: "cassandra",
      instances: (node) => integerFact(node, ["spec", "size"], 1),
      version: [["spec", "serverVersion"]],
      hasForeignVersion: (node) => isOther(node.text("spec", "serverType")),
      image: undefined,
      parameters: [],
      hasOwnDefaults: true,
      storage: ["spec", "storageConfig", "cassandraDataVolumeClaimSpec", "resources", "requests", "storage"],
      resources: ["spec", "resources"],
      // https://github.com/k8ssandra/cass-operator/blob/master/apis/cassandra/v1beta1/cassandradatacenter_types.go (2026-08)
      claimDeletion: {
        path: ["metadata", "annotations", "cassandra.datastax.com/delete-pvc"],
        deletes: ["true"],
        keeps: "false",
        standard: "true",
      },
    },
    K8ssandraCluster: {
      engine: "cassandra",
      instances: (node) => sumOf(node, ["spec", "cassandra", "datacenters"], "size", 1),
      version: [["spec", "cassandra", "serverVersion"]],
      hasForeignVersion: (node) => isOther(node.text("spec", "cassandra", "serverType")),
      image: undefined,
      parameters: [],
      hasOwnDefaults: true,
      ownsClaims: "cass-operator deletes the claims of a datacenter with it",
    },
  },
  services: (name, node) => {
    const datacenters = node.at("spec", "cassandra", "datacenters");
    const cluster = node.text("spec", "clusterName") ?? node.text("spec", "cassandra", "clusterName") ?? name;
    const names =
      datacenters === undefined ? [name] : datacenters.items().map((each) => each.text("metadata", "name") ?? "");
    return [
      [`${cluster}-seed-service`, "any"],
      ...names.flatMap((each): readonly (readonly [string, ServiceRole])[] => [
        [`${cluster}-${each}-service`, "any"],
        [`${cluster}-${each}-all-pods-service`, "any"],
      ]),
    ];
  },
  pauses: { CassandraDatacenter: [{ path: ["spec", "stopped"], value: "true", effect: "runs no server" }] },
  nameLabels: ["cassandra.datastax.com/cluster"],
  backupsIn(resource, sources) {
    const { kind, node } = resource;
    if (kind !== "MedusaBackupSchedule" && kind !== "MedusaBackupJob") return [];
    if (node.text("spec", "operationType") === "purge") return [];
    const path =
      kind === "MedusaBackupJob"
        ? (["spec", "cassandraDatacenter"] as const)
        : (["spec", "backupSpec", "cassandraDatacenter"] as const);
    const target = node.at(...path);
    const schedule = node.at("spec", "cronSchedule");
    const databases = datacentersNamed(target?.text(), sources);
    return [
      {
        method: "physical",
        engine: "cassandra",
        schedule: schedule === undefined ? undefined : textFact(schedule),
        databases,
        ...(target === undefined ? {} : { target: textFact(target) }),
        terms: { ...termsOf(databases[0]), ...disabled(resource) },
      } satisfies OperatorBackup,
    ];
  },
};

/** `dse` and `hcd` have versions of their own. */
function isOther(serverType: string | undefined): boolean {
  return serverType !== undefined && serverType !== "cassandra";
}

/** The datacenter itself, or the cluster that lists it. */
function datacentersNamed(name: string | undefined, { named, ofKind }: BackupSources): readonly Database[] {
  const clusters = ofKind("K8ssandraCluster").filter(({ resource }) =>
    (resource.node.at("spec", "cassandra", "datacenters")?.items() ?? []).some(
      (each) => name !== undefined && each.text("metadata", "name") === name,
    ),
  );
  return [...named(name, ["CassandraDatacenter"]), ...clusters];
}

function disabled({ node }: Resource): BackupTerms {
  const at = node.at("spec", "disabled");
  return at?.boolean() === true ? { fault: { because: "it is disabled", at } } : {};
}

/** Medusa's settings are the cluster's. */
function termsOf(database: Database | undefined): BackupTerms {
  const storage = database?.resource.node.at("spec", "medusa", "storageProperties");
  if (storage === undefined) return {};
  const at = keyOf(storage);
  const isLocal = storage.text("storageProvider") === "local";
  return {
    keeps: retentionOf(storage),
    lies: isLocal ? known("cluster", at) : whereStoreIs(storage.text("host"), storage.at("host") ?? at),
  };
}

/** 0 is unlimited, and the default. */
function retentionOf(storage: YamlNode): Fact<Retention> {
  const days = storage.integer("maxBackupAge") ?? 0;
  const copies = storage.integer("maxBackupCount") ?? 0;
  const at = keyOf(storage);
  if (days > 0) return known({ kind: "time", seconds: days * 86_400 }, storage.nearest("maxBackupAge"));
  if (copies > 0) return known({ kind: "copies", copies }, storage.nearest("maxBackupCount"));
  return byDefault({ kind: "all" }, at);
}
