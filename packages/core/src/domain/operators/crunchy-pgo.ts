import type { Operator } from "../model/operator.ts";
import { sumOf } from "./count-instances.ts";
import { openingsOf } from "./openings.ts";
import { backupsOfPgo } from "./pgo-backups.ts";
import { isStandbyOfPgo, poolerOfPgo, servicesOfPgo } from "./pgo-family.ts";

/** https://access.crunchydata.com/documentation/postgres-operator/latest/references/crd/5.8.x/postgrescluster */
export const crunchyPgo: Operator = {
  name: "crunchy-pgo",
  title: "PGO",
  onDelete: {
    claims: "go: the PostgresCluster owns them",
    backups: "repositories on volumes go, they are owned too; those in a bucket stay",
    secrets: "go: users' passwords, certificates and the configuration of pgBackRest",
    source:
      "https://github.com/CrunchyData/postgres-operator/blob/main/internal/controller/postgrescluster/pgbackrest.go",
    read: "2026-08",
  },
  // https://access.crunchydata.com/documentation/postgres-operator/latest/guides/major-postgres-version-upgrade
  majorUpgrade:
    "PGO does that with a PGUpgrade that names both versions, while the cluster is shut down and annotated with `postgres-operator.crunchydata.com/allow-upgrade`",
  kinds: { PostgresCluster: ["postgres-operator.crunchydata.com"] },
  databases: {
    PostgresCluster: {
      engine: "postgresql",
      instances: (node) => sumOf(node, ["spec", "instances"], "replicas", 1),
      followsAnother: isStandbyOfPgo,
      ownsBackups: (node) => {
        const repositories = node.at("spec", "backups", "pgbackrest", "repos")?.items() ?? [];
        const [first] = repositories;
        if (first === undefined || repositories.some((each) => each.at("volume") === undefined)) return undefined;
        const names = repositories.map((each) => each.text("name") ?? "").join(", ");
        return {
          because: `${names} ${repositories.length === 1 ? "is on a claim" : "are on claims"} of its own`,
          at: first,
        };
      },
      ownsClaims: "PGO deletes a PostgresCluster's claims with it, its local backup repositories too",
      instanceSets: ["spec", "instances"],
      version: [["spec", "postgresVersion"]],
      image: ["spec", "image"],
      parameters: [
        ["spec", "patroni", "dynamicConfiguration", "postgresql", "parameters"],
        ["spec", "config", "parameters"],
      ],
      loginRules: [["spec", "patroni", "dynamicConfiguration", "postgresql", "pg_hba"]],
      backups: { path: ["spec", "backups"], missing: "spec.backups is not set" },
    },
  },
  openings: {
    PostgresCluster: openingsOf(
      { at: ["spec", "service"] },
      { at: ["spec", "replicaService"] },
      { at: ["spec", "proxy", "pgBouncer", "service"] },
    ),
  },
  pauses: {
    PostgresCluster: [
      { path: ["spec", "shutdown"], value: "true", effect: "runs no server" },
      { path: ["spec", "paused"], value: "true", effect: "gets no change from its operator" },
    ],
  },
  services: servicesOfPgo,
  nameLabels: ["postgres-operator.crunchydata.com/cluster"],
  readPooler: poolerOfPgo,
  backupsIn: backupsOfPgo,
};
