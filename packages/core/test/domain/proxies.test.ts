import assert from "node:assert/strict";
import { connectionBudgets } from "../../src/index.ts";
import { inputFor } from "../support/lint.ts";

const server = (name: string, image: string, port: number): string => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: ${port} }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: server, image: "${image}" }] }
`;

const proxy = (image: string, replicas: number, more: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: proxy }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: proxy } }
  template:
    metadata: { labels: { app: proxy } }
    spec:
      containers:
        - name: proxy
          image: ${image}
${more.replace(/^/gm, "          ")}
`;

const configured = (image: string, replicas: number, path: string, key: string, text: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: proxy }
data:
  ${key}: |
${text.replace(/^/gm, "    ")}
---
${proxy(image, replicas, `volumeMounts: [{ name: config, mountPath: ${path} }]`)}      volumes: [{ name: config, configMap: { name: proxy } }]
`;

/** The proxy's row for the first database: formula and peak; or why there is no number. */
function rowOf(...texts: readonly string[]): string {
  const { project, requested } = inputFor(Object.fromEntries(texts.map((text, index) => [`${index}.yaml`, text])));
  const budget = connectionBudgets(project, requested)[0]?.budget;
  const row = budget?.rows[0];
  if (row !== undefined) return `${row.formula} = ${row.peak}${row.isByDefault ? " assumed" : ""}`;
  return budget?.uncounted[0]?.because ?? "nobody connects";
}

describe("the connections of other proxies", () => {
  const postgres = server("postgres", "postgres:16", 5432);
  const mysql = server("mysql", "mysql:8.4", 3306);

  it("Pgpool-II: children x max_pool in each Pod", () => {
    const text =
      "backend_hostname0 = 'postgres'\nbackend_port0 = 5432\nnum_init_children = 40\nmax_pool = 2 # two users\n";
    assert.equal(
      rowOf(postgres, configured("pgpool/pgpool:4.5", 2, "/config", "pgpool.conf", text)),
      "2 poolers x 40 children x 2 = 160",
    );
  });

  it("Pgpool-II by the variables of pgpool/pgpool, with its own defaults", () => {
    const env =
      "env:\n  - { name: PGPOOL_PARAMS_BACKEND_HOSTNAME0, value: postgres }\n  - { name: PGPOOL_PARAMS_NUM_INIT_CHILDREN, value: '64' }";
    assert.equal(rowOf(postgres, proxy("pgpool/pgpool:4.5", 1, env)), "1 pooler x 64 children x 4 by default = 256");
    const plain = "env: [{ name: PGPOOL_PARAMS_BACKEND_HOSTNAME0, value: postgres }]";
    assert.equal(
      rowOf(postgres, proxy("pgpool/pgpool:4.5", 1, plain)),
      "1 pooler x 32 children by default x 4 by default = 128 assumed",
    );
  });

  it("Pgpool-II by the variables of Bitnami, whose own default of max_pool is not known", () => {
    const nodes = "  - { name: PGPOOL_BACKEND_NODES, value: '0:postgres:5432,1:replica:5432' }";
    const size = "  - { name: PGPOOL_NUM_INIT_CHILDREN, value: '10' }\n  - { name: PGPOOL_MAX_POOL, value: '3' }";
    assert.equal(
      rowOf(postgres, proxy("bitnamilegacy/pgpool:4.6.0", 2, `env:\n${nodes}\n${size}`)),
      "2 poolers x 10 children x 3 = 60",
    );
    assert.equal(
      rowOf(postgres, proxy("bitnamilegacy/pgpool:4.6.0", 2, `env:\n${nodes}`)),
      "num_init_children or max_pool is not in view",
    );
  });

  it("ProxySQL: max_connections of each line of mysql_servers", () => {
    const text = `mysql_servers =
(
  { address="mysql", port=3306, hostgroup=0, max_connections=60 },
  { address="mysql", port=3306, hostgroup=1, max_connections=20 }
)
mysql_users = ( { username = "shop", max_connections=5 } )`;
    assert.equal(
      rowOf(mysql, configured("proxysql/proxysql:2.7.1", 2, "/etc", "proxysql.cnf", text)),
      "2 poolers x (60 + 20) (max_connections of mysql_servers) = 160",
    );
  });

  it("ProxySQL's own thousand", () => {
    const text = 'mysql_servers = ( { hostname = "mysql", hostgroup = 0 } )';
    assert.equal(
      rowOf(mysql, configured("proxysql/proxysql:2.7.1", 1, "/etc", "proxysql.cnf", text)),
      "1 pooler x 1000 (max_connections of mysql_servers by default) = 1000 assumed",
    );
  });

  it("Crunchy's connection strings, each with its own pool", () => {
    const cluster = `apiVersion: postgres-operator.crunchydata.com/v1beta1
kind: PostgresCluster
metadata: { name: hippo }
spec:
  postgresVersion: 16
  instances: [{ name: one, replicas: 2 }]
  proxy:
    pgBouncer:
      replicas: 2
      config:
        global: { default_pool_size: "30" }
        databases:
          orders: pool_size=10 reserve_pool=2
          "*": user=reports
`;
    assert.equal(rowOf(cluster), "2 poolers x ((10 + 2) + 30 for 2 databases) = 84");
  });
});
