import { hasPlaceholder, integerFact, textFact } from "../../kube/placeholder.ts";
import { byDefault } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Operator } from "../model/operator.ts";
import { folderOfStore } from "../storage/store-folder.ts";
import { whereOperatorStores } from "./backup-terms.ts";
import { openingsOf } from "./openings.ts";

/** Oracle's. https://dev.mysql.com/doc/mysql-operator/en/mysql-operator-properties.html */
export const mysqlOperator: Operator = {
  name: "mysql-operator",
  title: "the MySQL Operator",
  onDelete: {
    claims: "stay: they are those of a StatefulSet",
    backups: "dumps on claims and in buckets stay; the CronJobs that take them go",
    secrets: "those it generated go; the one that `secretName` names stays",
    source:
      "https://github.com/mysql/mysql-operator/blob/trunk/mysqloperator/controller/innodbcluster/operator_cluster.py",
    read: "2024-09",
  },
  kinds: { InnoDBCluster: ["mysql.oracle.com"] },
  databases: {
    InnoDBCluster: {
      engine: "mysql",
      instances: (node) => integerFact(node, ["spec", "instances"], 1),
      version: [["spec", "version"]],
      image: undefined,
      parameters: [["spec", "mycnf"]],
      hasOwnDefaults: true,
      storage: ["spec", "datadirVolumeClaimTemplate", "resources", "requests", "storage"],
    },
  },
  services: (name) => [
    [name, "primary"],
    [`${name}-instances`, "any"],
  ],
  openings: { InnoDBCluster: openingsOf({ at: ["spec", "service"] }) },
  nameLabels: ["mysql.oracle.com/cluster"],
  backupsIn: ({ node }, { own }) =>
    (node.at("spec", "backupSchedules")?.items() ?? []).map((item) => {
      const schedule = item.at("schedule");
      const name = item.text("backupProfileName");
      const profile =
        item.at("backupProfile") ??
        (node.at("spec", "backupProfiles")?.items() ?? []).find((each) => each.text("name") === name);
      const storage = profile?.at("dumpInstance", "storage") ?? profile?.at("snapshot", "storage");
      const endpoints = [["s3", "endpoint"]];
      const lies = storage && whereOperatorStores(storage, endpoints, ["persistentVolumeClaim"]);
      const folder = folderOfStore(storage);
      return {
        method: "dump" as const,
        engine: "mysql" as const,
        schedule: schedule === undefined ? undefined : textFact(schedule),
        databases: own(),
        terms: {
          // Each run leaves a MySQLBackup, which nothing deletes.
          keeps: byDefault({ kind: "all" as const }, keyOf(item)),
          ...(lies === undefined ? {} : { lies }),
          ...(folder === undefined ? {} : { folder }),
          ...(item.boolean("enabled") === false
            ? { fault: { because: "the schedule is not enabled", at: item.nearest("enabled") } }
            : name !== undefined && !hasPlaceholder(name) && profile === undefined
              ? { fault: { because: `spec.backupProfiles has no ${name}`, at: item.nearest("backupProfileName") } }
              : {}),
        },
      };
    }),
};
