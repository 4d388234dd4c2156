import type { Operator } from "../model/operator.ts";
import { sumOf } from "./count-instances.ts";
import { openingsOf } from "./openings.ts";
import { backupsOfPgo } from "./pgo-backups.ts";
import { isStandbyOfPgo, poolerOfPgo, servicesOfPgo } from "./pgo-family.ts";

/** A fork of Crunchy's. https://docs.percona.com/percona-operator-for-postgresql/2.0/operator.html */
export const perconaPg: Operator = {
  name: "percona-pg",
  title: "the Percona operator",
  onDelete: {
    claims: "stay, unless finalizer `percona.com/delete-pvc` is there: then those of the repositories go, too",
    backups:
      "stay, unless finalizer `percona.com/delete-backups` is there: it deletes the stanza in every repository, buckets as well",
    secrets: "users' passwords go with `delete-pvc`, certificates with `delete-ssl`",
    source:
      "https://github.com/percona/percona-postgresql-operator/blob/main/percona/controller/pgcluster/finalizer.go",
    read: "2026-08",
  },
  // https://docs.percona.com/percona-operator-for-postgresql/3.0.0/upgrade-options.html
  majorUpgrade: "the operator does that with a PerconaPGUpgrade that names both versions and the image for it",
  kinds: { PerconaPGCluster: ["pgv2.percona.com", "pg.percona.com"] },
  databases: {
    PerconaPGCluster: {
      engine: "postgresql",
      instances: (node) => sumOf(node, ["spec", "instances"], "replicas", 1),
      followsAnother: isStandbyOfPgo,
      instanceSets: ["spec", "instances"],
      version: [["spec", "postgresVersion"]],
      image: ["spec", "image"],
      parameters: [["spec", "patroni", "dynamicConfiguration", "postgresql", "parameters"]],
      loginRules: [["spec", "patroni", "dynamicConfiguration", "postgresql", "pg_hba"]],
    },
  },
  openings: {
    PerconaPGCluster: openingsOf(
      { at: ["spec", "expose"] },
      { at: ["spec", "exposeReplicas"] },
      { at: ["spec", "proxy", "pgBouncer", "expose"] },
    ),
  },
  pauses: { PerconaPGCluster: [{ path: ["spec", "pause"], value: "true", effect: "runs no server" }] },
  services: servicesOfPgo,
  nameLabels: ["postgres-operator.crunchydata.com/cluster"],
  readPooler: poolerOfPgo,
  backupsIn: backupsOfPgo,
};
