import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { isOlder } from "../../src/domain/pgbouncer/version.ts";
import { connectionBudgets } from "../../src/index.ts";
import { inputFor } from "../support/lint.ts";
import { PostgresClient } from "../support/postgres-client.ts";
import {
  describePgbouncers,
  freePort,
  needsServers,
  startPgbouncer,
  startPostgres,
  stop,
  stopServers,
} from "../support/real-servers.ts";

/** One pooler Pod with this file, and a client Pod of each user that asks for both databases. */
function manifests(ini: string): string {
  const client = (user: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${user} }
spec:
  selector: { matchLabels: { app: ${user} } }
  template:
    metadata: { labels: { app: ${user} } }
    spec:
      containers:
        - name: ${user}
          image: registry.example.com/shop/${user}:1.0.0
          env:
            - { name: ORDERS_URL, value: "postgresql://${user}@pgbouncer:6432/orders" }
            - { name: BILLING_URL, value: "postgresql://${user}@pgbouncer-billing:6432/billing" }
`;
  const service = (name: string, app: string, port: number): string => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${app} }, ports: [{ port: ${port} }] }
`;
  return `apiVersion: v1
kind: ConfigMap
metadata: { name: pgbouncer }
data:
  pgbouncer.ini: |
${ini.replace(/^/gm, "    ")}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer }
spec:
  replicas: 1
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:v1.24.1-p1
          volumeMounts: [{ name: config, mountPath: /etc/pgbouncer }]
      volumes: [{ name: config, configMap: { name: pgbouncer } }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: postgres }
spec:
  selector: { matchLabels: { app: postgres } }
  template:
    metadata: { labels: { app: postgres } }
    spec: { containers: [{ name: postgres, image: "postgres:16" }] }
---
${[service("postgres", "postgres", 5432), service("pgbouncer", "pgbouncer", 6432), service("pgbouncer-billing", "pgbouncer", 6432), client("api"), client("worker")].join("---\n")}`;
}

describePgbouncers("the arithmetic of pools against the real PgBouncer and PostgreSQL", function (pgbouncer) {
  this.timeout(60_000);
  let postgres: number;
  before(async function () {
    needsServers(this);
    postgres = await startPostgres(60);
    const admin = await PostgresClient.open(postgres, "postgres", "postgres");
    for (const sql of [
      "CREATE ROLE api LOGIN",
      "CREATE ROLE worker LOGIN",
      "CREATE DATABASE orders",
      "CREATE DATABASE billing",
    ])
      await admin.query(sql);
    admin.close();
  });
  after(stopServers);

  /** Opens far more clients than pools hold, all busy, and counts the server connections when their number stands still. */
  async function measure(ini: string): Promise<number> {
    const port = await freePort();
    const users = '"api" ""\n"worker" ""\n';
    const child = await startPgbouncer(
      pgbouncer,
      ini
        .replaceAll("host=postgres", `host=127.0.0.1 port=${postgres}`)
        .replace(
          "listen_addr = *",
          `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = trust`,
        ),
      { "userlist.txt": users },
    );
    const admin = await PostgresClient.open(postgres, "postgres", "postgres");
    const clients: PostgresClient[] = [];
    for (const user of ["api", "worker"])
      for (const database of ["orders", "billing"])
        for (let number = 0; number < 10; number++) {
          const client = await PostgresClient.open(port, user, database);
          clients.push(client);
          client.query("SELECT pg_sleep(30)").catch(() => {}); // ends when the test closes it
        }
    const count = async (): Promise<number> =>
      Number(
        (await admin.query("SELECT count(*) FROM pg_stat_activity WHERE datname IN ('orders', 'billing')"))[0]?.[0],
      );
    let last = -1;
    let still = 0;
    for (let round = 0; round < 60 && still < 8; round++) {
      await delay(100);
      const now = await count();
      still = now === last ? still + 1 : 0;
      last = now;
    }
    for (const client of clients) client.close();
    await stop(child);
    // The next case counts from nothing.
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('orders', 'billing')");
    admin.close();
    return last;
  }

  const cases: readonly (readonly [what: string, databases: string, settings: string, connections: number])[] = [
    ["2 databases x 2 users x 3", "orders = host=postgres\nbilling = host=postgres", "default_pool_size = 3", 12],
    [
      "a forced user has one pool: 2 x 3",
      "orders = host=postgres user=api\nbilling = host=postgres user=api",
      "default_pool_size = 3",
      6,
    ],
    [
      "a cap for each database: 2 x 4",
      "orders = host=postgres\nbilling = host=postgres",
      "default_pool_size = 3\nmax_db_connections = 4",
      8,
    ],
    [
      "a cap for each user: 2 x 4",
      "orders = host=postgres\nbilling = host=postgres",
      "default_pool_size = 3\nmax_user_connections = 4",
      8,
    ],
    [
      "pools of their own: 2 x 2 + 2 x 1",
      "orders = host=postgres pool_size=2\nbilling = host=postgres pool_size=1",
      "default_pool_size = 9",
      6,
    ],
    [
      "the reserve: 2 x 2 x (1 + 2)",
      "orders = host=postgres\nbilling = host=postgres",
      "default_pool_size = 1\nreserve_pool_size = 2\nreserve_pool_timeout = 0.2",
      12,
    ],
    [
      "a reserve that never comes: 2 x 2 x 1",
      "orders = host=postgres\nbilling = host=postgres",
      "default_pool_size = 1\nreserve_pool_size = 2\nreserve_pool_timeout = 0",
      4,
    ],
    ["an entry for every database: 2 databases x 2 users x 3", "* = host=postgres", "default_pool_size = 3", 12],
    ["a forced user of every database: 2 x 3", "* = host=postgres user=api", "default_pool_size = 3", 6],
    [
      "a cap for each of every database: 2 x 4",
      "* = host=postgres",
      "default_pool_size = 3\nmax_db_connections = 4",
      8,
    ],
    [
      "every database but one: 2 x 1 + 2 x 3",
      "orders = host=postgres pool_size=1\n* = host=postgres",
      "default_pool_size = 3",
      8,
    ],
  ];
  for (const [what, databases, settings, connections] of cases)
    it(what, async () => {
      const ini = `[databases]\n${databases}\n[pgbouncer]\nlisten_addr = *\npool_mode = transaction\nauth_file = userlist.txt\n${settings}`;
      const { project, requested } = inputFor({ "shop.yaml": manifests(ini) });
      const [found] = connectionBudgets(project, requested);
      assert.equal(found?.budget.peak, connections, "what dbops says");
      assert.equal(await measure(ini), connections, "what PostgreSQL counts");
    });

  it("a pool of 0 is one connection before 1.24, and no limit since (pooler-size-zero)", async () => {
    const ini =
      "[databases]\norders = host=postgres user=api\nbilling = host=postgres user=api\n[pgbouncer]\nlisten_addr = *\npool_mode = transaction\nauth_file = userlist.txt\ndefault_pool_size = 0";
    // Two entries with a forced user each, and 20 busy clients before each.
    assert.equal(await measure(ini), isOlder(pgbouncer.version, "1.24.0") ? 2 : 40);
  });

  it("PostgreSQL does not start where all connections are reserved (max-connections-below-reserved)", async () => {
    await assert.rejects(startPostgres(3), /superuser_reserved_connections .*must be less than max_connections/);
  });

  it("a pooler does not start on the port that a server of its Pod has (pooler-shares-port)", async () => {
    const ini = `[databases]\norders = host=127.0.0.1\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${postgres}\nunix_socket_dir =\nauth_type = any`;
    await assert.rejects(startPgbouncer(pgbouncer, ini), /Address already in use/i);
  });

  it("refuses whom the sum says is too many (pooler-exceeds-max-connections)", async () => {
    const small = await startPostgres(10);
    const clients: PostgresClient[] = [];
    const admin = await PostgresClient.open(small, "postgres", "postgres");
    await admin.query("CREATE ROLE api LOGIN");
    await admin.query("CREATE DATABASE orders");
    admin.close();
    await delay(200);
    let refused = "";
    for (let number = 0; number < 8 && refused === ""; number++)
      await PostgresClient.open(small, "api", "orders").then(
        (client) => clients.push(client),
        (error: Error) => {
          refused = error.message;
        },
      );
    for (const client of clients) client.close();
    // max_connections 10 - 3 reserved
    assert.equal(clients.length, 7);
    assert.match(refused, /remaining connection slots are reserved|too many clients/);
  });
});
