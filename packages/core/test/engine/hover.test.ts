import assert from "node:assert/strict";
import { hoverAt, overviewOf } from "../../src/index.ts";
import { type Files, lintFiles } from "../support/lint.ts";

const now = "2026-11-24T12:30:00Z";

const server = (replicas: number): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
  namespace: shop
spec:
  serviceName: orders-db-pods
  replicas: ${replicas}
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4
          args: [-c, max_connections=100]
          resources: { limits: { memory: 4096m } }
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20G } } }
---
apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec:
  selector: { app: orders-db }
  ports: [{ port: 5432 }]
`;
const pooler = `apiVersion: v1
kind: ConfigMap
metadata: { name: pgbouncer, namespace: shop }
data:
  pgbouncer.ini: |
    [databases]
    orders = host=orders-db port=5432 user=shop
    [pgbouncer]
    pool_mode = transaction
    default_pool_size = 20
    reserve_pool_size = 5
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:v1.24.1-p1
          volumeMounts: [{ name: config, mountPath: /etc/pgbouncer }]
      volumes: [{ name: config, configMap: { name: pgbouncer } }]
`;
const backup = `apiVersion: batch/v1
kind: CronJob
metadata: { name: orders-db-backup, namespace: shop }
spec:
  schedule: "15 2 * * *"
  timeZone: Europe/Berlin
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: dump
              image: postgres:16.4
              command: [pg_dump, -Fc, -h, orders-db, -f, /backup/orders.dump, orders]
`;

/** The hover at the first place of a text in a file. */
function at(files: Files, path: string, text: string): string | undefined {
  const result = lintFiles(files);
  const offset = files[path]!.indexOf(text) + Math.floor(text.length / 2);
  return hoverAt(result, `/shop/${path}`, offset, now)?.markdown;
}

describe("hovers", () => {
  const files = { "db.yaml": server(1), "pooler.yaml": pooler, "backup.yaml": backup };

  it("name what a StatefulSet's controller makes", () => {
    assert.equal(
      at({ "db.yaml": server(2) }, "db.yaml", "orders-db"),
      "Pods: `orders-db-0`, `orders-db-1`  \n" +
        "DNS: `orders-db-0.orders-db-pods.shop.svc.cluster.local`, `orders-db-1.orders-db-pods.shop.svc.cluster.local`  \n" +
        "Claims of data: `data-orders-db-0`, `data-orders-db-1`",
    );
    const many = at({ "db.yaml": server(12) }, "db.yaml", "orders-db") ?? "";
    assert.match(many, /^Pods: `orders-db-0`, `orders-db-1`, `orders-db-2` … `orders-db-11`/);
    assert.match(at({ "db.yaml": server(0) }, "db.yaml", "orders-db") ?? "", /^Pods: none/);
  });

  it("add up what a pool opens, from the pool's setting and from the replicas", () => {
    const roomy = { ...files, "db.yaml": server(1).replace("max_connections=100", "max_connections=200") };
    const expected =
      /^shop\/pgbouncer: 3 poolers x 1 database x \(20 \+ 5\) = \*\*75\*\* server connections {2}\nAll together 76, 101 during a rollout {2}\nshop\/orders-db accepts 197 \(max_connections 200 - 3 reserved\)$/;
    for (const place of ["20\n", "default_pool_size", "3\n", "replicas"])
      assert.match(at(roomy, "pooler.yaml", place) ?? "", expected, place);
    assert.equal(at(roomy, "pooler.yaml", "pool_mode"), undefined);
  });

  it("leave a sum to the finding that says it", () => {
    const { findings } = lintFiles(files);
    assert.ok(findings.some(({ ruleId }) => ruleId === "pooler-exceeds-max-connections"));
    assert.equal(at(files, "pooler.yaml", "20\n"), undefined);
    assert.match(at(files, "pooler.yaml", "3\n") ?? "", /\*\*75\*\* server connections/);
  });

  it("say at max_connections who uses it", () => {
    assert.match(at(files, "db.yaml", "max_connections=100") ?? "", /= \*\*75\*\* server connections[\s\S]*accepts 97/);
    assert.equal(at({ "db.yaml": server(1) }, "db.yaml", "max_connections=100"), undefined, "nobody in view uses it");
  });

  it("say a schedule in words, with the next runs on the clock of its time zone", () => {
    assert.equal(
      at(files, "backup.yaml", "15 2 * * *"),
      "Runs at 02:15 every day  \nNext: Wed 2026-11-25 02:15, Thu 2026-11-26 02:15, Fri 2026-11-27 02:15 (Europe/Berlin)",
    );
    const late = { "backup.yaml": backup.replace("15 2", "0 14").replace("Europe/Berlin", "Asia/Tokyo") };
    assert.match(at(late, "backup.yaml", "0 14") ?? "", /Next: Wed 2026-11-25 14:00/, "in Tokyo it is 21:30 already");
  });

  it("read a schedule as who runs it does", () => {
    const text = `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: { name: nightly, namespace: shop }
spec:
  schedule: "0 3 * * *"
  cluster: { name: orders-db }
`;
    const hover = at({ "nightly.yaml": text }, "nightly.yaml", "0 3 * * *") ?? "";
    assert.match(hover, /^Runs at minute 3 of every hour every day/);
    const six = { "backup.yaml": backup.replace("15 2", "0 15 2") };
    assert.equal(at(six, "backup.yaml", "0 15 2 * * *"), undefined, "a CronJob has five fields");
  });

  it("give the bytes of a quantity that is not what it looks like, and no others", () => {
    assert.equal(at(files, "db.yaml", "4096m"), '`4096m` is 4.096 bytes: "m" is a thousandth; did you mean 4096Mi?');
    assert.equal(at(files, "db.yaml", "20G"), "`20G` is 20,000,000,000 bytes, 18.6Gi");
    const clear = { "db.yaml": server(1).replace("20G", "20Gi") };
    assert.equal(at(clear, "db.yaml", "20Gi"), undefined);
  });

  it("explain the rule that a comment suppresses, and nothing elsewhere", () => {
    const text = server(1).replace(
      "  replicas",
      "  # dbops-disable-next-line replicas-do-not-replicate -- sharded\n  replicas",
    );
    assert.match(at({ "db.yaml": text }, "db.yaml", "replicas-do-not-replicate") ?? "", /^Several Pods/);
    for (const word of ["sharded", "serviceName", "image:", "apps/v1"])
      assert.equal(at({ "db.yaml": text }, "db.yaml", word), undefined, word);
  });

  it("have nothing to say where nothing is known", () => {
    assert.equal(at({ "a.yaml": "services: {}\n" }, "a.yaml", "services"), undefined);
    assert.equal(at({ "a.yaml": "kind: [\n" }, "a.yaml", "kind"), undefined);
  });
});

describe("the overview", () => {
  it("gives each database its pooler, backup and migration, and counts what was found in each", () => {
    const migration = `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, namespace: shop }
spec:
  template:
    spec:
      containers:
        - name: migrate
          image: registry.example.com/shop/api:2026.11.3
          command: [alembic, upgrade, head]
          env: [{ name: DATABASE_HOST, value: orders-db }]
`;
    const result = lintFiles({
      "db.yaml": server(1),
      "pooler.yaml": pooler,
      "backup.yaml": backup,
      "migrate.yaml": migration,
    });
    const [database, ...rest] = overviewOf(result);
    assert.deepEqual(rest, []);
    assert.deepEqual([database?.label, database?.detail], ["shop/orders-db", "postgres:16.4, 1 instance"]);
    assert.deepEqual(
      database?.children.map(({ kind, label, detail, uri }) => [kind, label, detail, uri]),
      [
        ["pooler", "shop/pgbouncer", "pgbouncer", "/shop/pooler.yaml"],
        ["backup", "shop/orders-db-backup", "logical · takes none", "/shop/backup.yaml"],
        ["migration", "shop/migrate", "alembic", "/shop/migrate.yaml"],
      ],
    );
    assert.deepEqual(database?.notes, ["No backup in view that runs"]);
    const inDatabase = result.findings.filter(({ location }) => location.uri === "/shop/db.yaml");
    const counted = new Set(database?.findings);
    assert.ok(inDatabase.length > 0 && inDatabase.every((finding) => counted.has(finding)));
    const inPooler = [...counted].filter(({ location }) => location.uri === "/shop/pooler.yaml");
    assert.deepEqual(
      inPooler.map(({ ruleId }) => ruleId),
      ["pooler-exceeds-max-connections"],
      "the finding is about the server, where the pooler's file says it",
    );
  });

  it("lists behind the databases what leads to none in view", () => {
    const items = overviewOf(lintFiles({ "pooler.yaml": pooler }));
    assert.deepEqual(
      items.map(({ kind, label }) => [kind, label]),
      [["pooler", "shop/pgbouncer"]],
    );
  });
});
