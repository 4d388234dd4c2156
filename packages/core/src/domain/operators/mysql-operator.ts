import { hasPlaceholder, integerFact, textFact } from "../../kube/placeholder.ts";
import { byDefault } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Operator } from "../model/operator.ts";
import { whereOperatorStores } from "./backup-terms.ts";

/** Oracle's. https://dev.mysql.com/doc/mysql-operator/en/mysql-operator-properties.html */
export const mysqlOperator: Operator = {
  name: "mysql-operator",
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
      return {
        method: "dump" as const,
        engine: "mysql" as const,
        schedule: schedule === undefined ? undefined : textFact(schedule),
        databases: own(),
        terms: {
          // Each run leaves a MySQLBackup, which nothing deletes.
          keeps: byDefault({ kind: "all" as const }, keyOf(item)),
          ...(lies === undefined ? {} : { lies }),
          ...(item.boolean("enabled") === false
            ? { fault: { because: "the schedule is not enabled", at: item.nearest("enabled") } }
            : name !== undefined && !hasPlaceholder(name) && profile === undefined
              ? { fault: { because: `spec.backupProfiles has no ${name}`, at: item.nearest("backupProfileName") } }
              : {}),
        },
      };
    }),
};
