import { integerFact, textFact } from "../../kube/placeholder.ts";
import { byDefault, type Fact, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Whereabouts } from "../model/backup-terms.ts";
import type { BackupSources, Operator, OperatorBackup } from "../model/operator.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { keepsCopies } from "./backup-terms.ts";

const group = ["stackgres.io"];

/** `retention` in the CRD. https://stackgres.io/doc/latest/reference/crd/sgcluster/ */
const standardCopies = 5;

/** https://stackgres.io/doc/latest/reference/crd/ */
export const stackgres: Operator = {
  name: "stackgres",
  title: "StackGres",
  onDelete: {
    claims: "go: its StatefulSet has `whenDeleted: Delete`",
    backups: "what is in the object storage stays; a snapshot goes with its `SGBackup`",
    secrets: "those it generated go",
    source:
      "https://github.com/ongres/stackgres/blob/main/stackgres-k8s/src/operator/src/main/java/io/stackgres/operator/conciliation/factory/cluster/ClusterStatefulSet.java",
    read: "2026-03",
  },
  kinds: { SGCluster: group, SGObjectStorage: group, SGBackup: group },
  databases: {
    SGCluster: {
      engine: "postgresql",
      instances: (node) => integerFact(node, ["spec", "instances"], 1),
      version: [["spec", "postgres", "version"]],
      image: undefined,
      parameters: [], // in an SGPostgresConfig
      hasOwnDefaults: true,
      storage: ["spec", "pods", "persistentVolume", "size"],
      ownsClaims: "StackGres deletes an SGCluster's claims with it",
      followsAnother: (node) => node.at("spec", "replicateFrom") !== undefined,
    },
  },
  services: (name) => [
    [name, "primary"],
    [`${name}-primary`, "primary"],
    [`${name}-replicas`, "replicas"],
  ],
  nameLabels: ["stackgres.io/cluster-name"],
  backupsIn({ kind, node }, { own, named, object }) {
    if (kind === "SGBackup") {
      const target = node.at("spec", "sgCluster");
      return [
        {
          method: "physical",
          engine: "postgresql",
          schedule: undefined,
          databases: named(target?.text(), ["SGCluster"]),
          ...(target === undefined ? {} : { target: textFact(target) }),
        },
      ];
    }
    if (kind !== "SGCluster") return [];
    return (node.at("spec", "configurations", "backups")?.items() ?? []).flatMap((item): readonly OperatorBackup[] => {
      const schedule = item.at("cronSchedule");
      const base = { engine: "postgresql", databases: own() } as const;
      const terms = {
        store: item.text("sgObjectStorage") ?? "",
        keeps:
          keepsCopies(item.at("retention")) ??
          byDefault({ kind: "copies" as const, copies: standardCopies }, keyOf(item)),
        lies: whereIs(item, object),
      };
      const fault = { because: "spec.configurations.backups has no cronSchedule", at: keyOf(item) };
      return [
        {
          ...base,
          method: "physical",
          schedule: schedule && textFact(schedule),
          terms: { ...terms, ...(schedule === undefined ? { fault } : {}) },
        },
        {
          ...base,
          method: "wal-archive",
          schedule: undefined,
          terms: {
            ...terms,
            recoveryPoint: unknown(item, "archive_timeout is a setting of its SGPostgresConfig"),
            needsBase: true,
          },
        },
      ];
    });
  },
};

function whereIs(item: YamlNode, object: BackupSources["object"]): Fact<Whereabouts> {
  const name = item.text("sgObjectStorage");
  const storage = name === undefined ? undefined : object("SGObjectStorage", name);
  const at = item.nearest("sgObjectStorage");
  if (storage === undefined) return unknown(at, `SGObjectStorage ${name ?? ""} is not in view`);
  const endpoint = storage.node.at("spec", "s3Compatible", "endpoint");
  return whereStoreIs(endpoint?.text(), endpoint ?? at);
}
