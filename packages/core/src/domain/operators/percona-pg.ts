import type { Operator } from "../model/operator.ts";
import { sumOf } from "./count-instances.ts";
import { backupsOfPgo } from "./pgo-backups.ts";
import { isStandbyOfPgo, poolerOfPgo, servicesOfPgo } from "./pgo-family.ts";

/** A fork of Crunchy's. https://docs.percona.com/percona-operator-for-postgresql/2.0/operator.html */
export const perconaPg: Operator = {
  name: "percona-pg",
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
  pauses: { PerconaPGCluster: [{ path: ["spec", "pause"], value: "true", effect: "runs no server" }] },
  services: servicesOfPgo,
  nameLabels: ["postgres-operator.crunchydata.com/cluster"],
  readPooler: poolerOfPgo,
  backupsIn: backupsOfPgo,
};
