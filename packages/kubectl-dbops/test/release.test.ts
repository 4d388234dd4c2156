import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { commitAll, folderWith } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

const schema = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "../schema/release.schema.json"), "utf8"),
) as object;
const validate = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

const shop = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db, namespace: shop }
spec:
  serviceName: orders-db
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
---
apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec: { clusterIP: None, selector: { app: orders-db }, ports: [{ name: pg, port: 5432 }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: orders-dump, namespace: shop }
spec:
  schedule: "0 2 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: postgres:16.4
              command: [pg_dump, -h, orders-db, -U, app, -f, /backup/orders.sql, orders]
              volumeMounts: [{ name: backup, mountPath: /backup }]
          volumes: [{ name: backup, persistentVolumeClaim: { claimName: backup } }]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: orders-migrate
  namespace: shop
  annotations: { helm.sh/hook: "pre-install,pre-upgrade" }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: registry.example.com/orders:4.2.0
          command: [migrate, -path=/migrations, "-database=postgres://app:Tuesday-41-kettle@orders-db/orders", up]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 4
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: orders
          image: registry.example.com/orders:4.2.0
`;
const files = {
  "shop.yaml": shop,
  "db/0041_orders.up.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, state text);\n",
  "db/0042_region.up.sql":
    "ALTER TABLE orders ADD COLUMN region text;\nCREATE INDEX orders_region ON orders (region);\nALTER TABLE orders DROP COLUMN state;\n",
};

interface Release {
  readonly migrations: readonly {
    readonly title: string;
    readonly runs: readonly { readonly text: string }[];
    readonly through: readonly { readonly text: string }[];
    readonly beside: readonly { readonly text: string }[];
    readonly scripts: readonly {
      readonly name: string;
      readonly wrapping: string | null;
      readonly statements: readonly {
        readonly text: string;
        readonly stops: string;
        readonly isLong: boolean;
        readonly note: string | null;
        readonly step: string | null;
      }[];
    }[];
    readonly order: readonly { readonly text: string; readonly check: string | null }[];
    readonly undo: { readonly command: string | null; readonly lost: readonly string[] };
    readonly findings: readonly { readonly rule: string }[];
  }[];
}

describe("kubectl dbops release", () => {
  it("shows who migrates how, what waits, in which order, and the way back", () => {
    const { code, out, err } = dbops(folderWith(files), ["release", ".", "db/0042_region.up.sql"]);
    assert.equal(err, "");
    assert.equal(code, 0);
    for (const text of [
      "golang-migrate in Job shop/orders-migrate (shop.yaml:51)",
      "Helm runs it as pre-install and pre-upgrade; the Job retries it up to 6 times",
      "postgres:16.4 of StatefulSet shop/orders-db, directly",
      "4 Pods of Deployment shop/orders with the previous release, replaced 2 at a time",
      "CREATE INDEX orders_region  writers, for long  SHARE on orders",
      "Take a backup of shop/orders-db with CronJob shop/orders-dump.",
      "kubectl -n shop create job --from=cronjob/orders-dump orders-dump-now",
      "Split 0042_region.up.sql: golang-migrate runs the whole file at once",
      "with only: ADD COLUMN region on orders and CREATE INDEX orders_region on orders.",
      "In the next release, when no Pod of this or an older one needs the old schema: DROP COLUMN",
      "migrate down 1",
      "No command brings back the values of orders.state: only a backup does.",
    ])
      assert.ok(out.replace(/\s+/g, " ").includes(text.replace(/\s+/g, " ")), `${text}\n${out}`);
    for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
  });

  it("keeps to its schema, and shows no password in any format", () => {
    const folder = folderWith(files);
    const { out } = dbops(folder, ["release", ".", "db/0042_region.up.sql", "-o", "json"]);
    const report = JSON.parse(out) as Release;
    assert.ok(validate(report), JSON.stringify(validate.errors));
    const [page] = report.migrations;
    assert.deepEqual(
      page?.scripts.flatMap(({ statements }) =>
        statements.map(({ text, stops, step }) => `${text}: ${stops}, ${step}`),
      ),
      [
        "ADD COLUMN region: reads, expand",
        "CREATE INDEX orders_region: writes, expand",
        "DROP COLUMN state: reads, contract",
      ],
    );
    assert.ok(page?.findings.some(({ rule }) => rule === "index-build-blocks-writes"));
    const all = ["human", "json", "markdown"].map((each) => dbops(folder, ["release", ".", "-o", each]).out).join("");
    assert.ok(!all.includes("kettle"));
  });

  it("puts no name into a command that a shell would read as more than a name", () => {
    const bad = (name: string): string =>
      shop
        .replaceAll("name: orders-dump", `name: "${name}"`)
        .replace("metadata: { name: orders, namespace: shop }", `metadata: { name: "${name}", namespace: shop }`);
    for (const name of ["a; touch pwned", "$" + "{NAME}", "x$(touch pwned)", "shop/dump", "CronJob dump"]) {
      const folder = folderWith({ ...files, "shop.yaml": bad(name) });
      const { out } = dbops(folder, ["release", ".", "db/0042_region.up.sql", "-o", "json"]);
      const [page] = (JSON.parse(out) as Release).migrations;
      const step = (text: string) => page?.order.find((each) => each.text.startsWith(text));
      for (const found of [step("Take a backup"), step("Roll out")]) {
        assert.ok(found?.text.includes(name), `${found?.text}`);
        assert.equal(found?.check, null, name);
      }
      assert.match(step("Take a backup")?.text ?? "", / with CronJob shop\//);
    }
  });

  it("takes the files that a branch adds for new, and leaves the others out", () => {
    const { "db/0042_region.up.sql": added, ...old } = files;
    const folder = folderWith(old);
    commitAll(folder);
    writeFileSync(path.join(folder, "db/0042_region.up.sql"), added);
    const { out } = dbops(folder, ["release", "--since", "HEAD", "-o", "json"]);
    const { migrations } = JSON.parse(out) as Release;
    assert.deepEqual(
      migrations.map(({ title, scripts }) => [title, scripts.map(({ name }) => name)]),
      [["golang-migrate in Job shop/orders-migrate", ["db/0042_region.up.sql"]]],
    );
    const markdown = dbops(folder, ["release", "--since", "HEAD", "-o", "markdown"]).out;
    assert.match(markdown, /\| 2 \| CREATE INDEX orders_region \| writers, for long \| SHARE on orders \| expand \|/);
  });

  it("says how several Pods migrate at once, and of scripts that nobody in view runs", () => {
    const pods = shop
      .slice(shop.lastIndexOf("---\n") + 4)
      .replace(
        "      containers:",
        "      initContainers:\n        - { name: migrate, image: orders, command: [alembic, upgrade, head] }\n      containers:",
      );
    const folder = folderWith({
      "app.yaml": pods,
      "sql/0001.sql": "SELECT 1;\n",
      "sql/0002.sql": "DROP TABLE notes;\n",
    });
    const { migrations } = JSON.parse(dbops(folder, ["release", ".", "sql/0002.sql", "-o", "json"]).out) as Release;
    assert.deepEqual(
      migrations.map(({ title, runs, undo }) => [title, runs.map(({ text }) => text), undo.command, undo.lost]),
      [
        [
          "alembic in Deployment shop/orders",
          ["in each of 4 Pods, before its containers start, at every start", "side by side: alembic takes no lock"],
          "alembic downgrade -1",
          [],
        ],
        ["SQL that nothing in view runs", [], null, ["the rows of notes"]],
      ],
    );
  });

  it("lists the rows of a table that is dropped and made again, or whose file is taken away", () => {
    const lostOf = (sql: string): readonly string[] => {
      const folder = folderWith({ "sql/0001.sql": "CREATE TABLE a (id int) ENGINE=InnoDB;\n", "sql/0002.sql": sql });
      const text = dbops(folder, ["release", ".", "sql/0002.sql", "-o", "json"]).out;
      return (JSON.parse(text) as Release).migrations.flatMap(({ undo }) => undo.lost);
    };
    const plain = (sql: string): readonly string[] => {
      const folder = folderWith({ "sql/0001.sql": "CREATE TABLE a (id int);\n", "sql/0002.sql": sql });
      const text = dbops(folder, ["release", ".", "sql/0002.sql", "-o", "json"]).out;
      return (JSON.parse(text) as Release).migrations.flatMap(({ undo }) => undo.lost);
    };
    for (const lost of [lostOf, plain]) {
      assert.deepEqual(lost("DROP TABLE IF EXISTS a; CREATE TABLE a (id bigint);\n"), ["the rows of a"]);
      assert.deepEqual(lost("DROP TABLE a; CREATE TABLE a (id bigint);\n"), ["the rows of a"]);
      assert.deepEqual(lost("CREATE TABLE b (id bigint); DROP TABLE b; CREATE TABLE b (id int);\n"), []);
      assert.deepEqual(lost("DROP TABLE IF EXISTS b; CREATE TABLE b (id bigint);\n"), []);
    }
    assert.deepEqual(lostOf("ALTER TABLE a DISCARD TABLESPACE;\n"), ["the rows of a"]);
    assert.deepEqual(lostOf("ALTER TABLE a DISCARD PARTITION p0 TABLESPACE;\n"), ["the rows of a in p0"]);
  });

  const flyway = (scheme: string): string => `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, namespace: shop }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: flyway
          image: flyway/flyway:10.20
          args: [migrate]
          env: [{ name: FLYWAY_URL, value: "jdbc:${scheme}://db.shop.svc/shop" }]
          volumeMounts: [{ name: sql, mountPath: /flyway/sql }]
      volumes: [{ name: sql, configMap: { name: sql } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: registry.example.com/web:7
          env: [{ name: DATABASE_URL, value: "${scheme}://web@db:5432/shop" }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: metrics, namespace: shop }
spec:
  selector: { matchLabels: { app: metrics } }
  template:
    metadata: { labels: { app: metrics } }
    spec:
      containers:
        - name: exporter
          image: quay.io/prometheuscommunity/postgres-exporter:v0.15.0
          env: [{ name: DATA_SOURCE_NAME, value: "${scheme}://metrics@db:5432/shop" }]
`;
  const releaseOf = (files: Readonly<Record<string, string>>, script: string): Release["migrations"][number] => {
    const { out } = dbops(folderWith(files), ["release", ".", script, "-o", "json"]);
    const report = JSON.parse(out) as Release;
    assert.ok(validate(report), JSON.stringify(validate.errors));
    assert.equal(report.migrations.length, 1);
    return report.migrations[0] as Release["migrations"][number];
  };
  const postgres = (sql: string): Release["migrations"][number] =>
    releaseOf(
      {
        "job.yaml": flyway("postgresql").replace("db.shop.svc/", "db.shop.svc:5432/"),
        "sql/V1__init.sql": "CREATE TABLE orders (id int PRIMARY KEY, state text);\n",
        "sql/V2__x.sql": sql,
      },
      "sql/V2__x.sql",
    );
  const textsOf = ({ order }: Release["migrations"][number]): string => order.map(({ text }) => text).join("\n");

  it("names the server that no object in view is, and the workloads that write the same host", () => {
    const page = postgres("DROP TABLE orders;\n");
    assert.equal(page.beside.length, 1); // the exporter does not know the schema
    assert.deepEqual(
      page.through.map(({ text }) => text),
      ["db.shop.svc:5432; no database of that name is in view"],
    );
    assert.match(page.beside[0]?.text ?? "", /^3 Pods of Deployment shop\/web with the previous release/);
    assert.match(textsOf(page), /Roll out Deployment shop\/web/);
  });

  it("runs what only removes after a release that does not need it, in one order", () => {
    const texts = textsOf(postgres("DROP TABLE orders;\n"));
    assert.match(texts, /Leave this out until a release that does not use it .*DROP TABLE orders.*Migrate \(Job/s);
    assert.doesNotMatch(texts, /In the next release|Split/);
  });

  it("has a file split that adds, fills and removes, a required column in two steps", () => {
    const page = postgres(
      "ALTER TABLE orders ADD COLUMN region text NOT NULL;\nUPDATE orders SET region = 'eu';\nALTER TABLE orders ALTER COLUMN id TYPE bigint;\n",
    );
    const texts = textsOf(page);
    assert.match(texts, /Split V2__x\.sql: Flyway runs the whole file at once/);
    assert.match(texts, /with only: ADD COLUMN region on orders without NOT NULL\./);
    assert.match(
      texts,
      /After the rollout, fill rows in batches.*Plan a maintenance window.*NOT NULL of orders\.region/s,
    );
    assert.ok(page.scripts[0]?.statements.some(({ step, isLong }) => step === "rewrite" && isLong));
  });

  it("shows nothing in a transaction that refuses it", () => {
    const alone = postgres("VACUUM FULL orders;\n").scripts[0]?.wrapping;
    assert.match(alone ?? "", /^statement by statement/);
    const mixed = postgres(
      "ALTER TABLE orders ADD COLUMN region text;\nCREATE INDEX CONCURRENTLY orders_region ON orders (region);\n",
    );
    assert.match(mixed.scripts[0]?.wrapping ?? "", /^Flyway refuses it: CREATE INDEX CONCURRENTLY orders_region/);
    assert.match(textsOf(mixed), /Change V2__x\.sql first: CREATE INDEX CONCURRENTLY/);
  });

  it("says of MySQL what is sure, and that the rest is not known", () => {
    const sql =
      "ALTER TABLE orders ADD COLUMN region varchar(8) NOT NULL, ADD FULLTEXT INDEX words (note);\nUPDATE orders SET region='eu';\nALTER TABLE orders MODIFY COLUMN id bigint auto_increment;\nCREATE INDEX orders_status ON orders(status);\nTRUNCATE TABLE carts;\nDROP TABLE old_orders;\n";
    const lines = sql
      .trimEnd()
      .split("\n")
      .map((line) => `    ${line}`);
    const page = releaseOf(
      {
        "job.yaml": `${flyway("mysql")}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: sql, namespace: shop }\ndata:\n  V1__i.sql: |\n    CREATE TABLE orders (id int);\n  V2__x.sql: |\n${lines.join("\n")}\n`,
        "sql/V1__i.sql": "CREATE TABLE orders (id int);\n",
        "sql/V2__x.sql": sql,
      },
      "sql/V2__x.sql",
    );
    assert.deepEqual(
      page.scripts.map(({ name }) => name),
      ["sql/V2__x.sql"],
    );
    assert.deepEqual(
      page.scripts[0]?.statements.map(({ text, stops, note }) => `${text}: ${stops}, ${note}`),
      [
        "ADD COLUMN region: reads, metadata lock on orders, briefly",
        "ADD FULLTEXT words: unknown, metadata lock on orders; writers of orders wait too where the server copies the table",
        "UPDATE: rows, every row of orders, until it commits",
        "MODIFY COLUMN id: unknown, metadata lock on orders; writers of orders wait too where the server copies the table",
        "CREATE INDEX orders_status: reads, metadata lock on orders, briefly",
        "TRUNCATE: reads, metadata lock on carts",
        "DROP TABLE: reads, metadata lock on old_orders",
      ],
    );
    assert.ok(page.order.some(({ check }) => check?.includes("innodb_trx")));
    assert.ok(!page.beside.some(({ text }) => text.includes("CONCURRENTLY")));
  });

  it("says that there is none, and names what it could not read", () => {
    const none = dbops(folderWith({ "a.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n" }), ["release"]);
    assert.deepEqual([none.code, none.out], [0, "No migration in 1 file.\n"]);
    const broken = dbops(
      folderWith({ "a/0001.sql": "SELECT 1;", "a/0002.sql": "ALTER TABLE orders ADD;\nDROP TABLE a;\n" }),
      ["release", "a/0002.sql"],
    );
    assert.match(
      broken.out,
      /1 document was not linted: a\/0002\.sql has a statement that PostgreSQL cannot\s+parse \(line 1\)\./,
    );
    assert.match(broken.out, /DROP TABLE/);
  });
});
