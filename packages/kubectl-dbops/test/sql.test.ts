import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commitAll, folderWith, git } from "./support/folder.ts";
import { builtDbops, dbops, lintJson } from "./support/run.ts";

const first = "CREATE TABLE orders (id bigint PRIMARY KEY, status text);\n";
const second = "CREATE INDEX orders_status ON orders (status);\n";
const app = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  replicas: 4
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      initContainers:
        - { name: migrate, image: "migrate/migrate:v4.18.1", args: [-path=/migrations, -database=$(DATABASE_URL), up] }
      containers: [{ name: orders, image: registry.example.com/shop/orders:4.2.0 }]
`;
const shop = (): string => {
  const folder = folderWith({
    "db/migrations/1_orders.up.sql": first,
    "db/migrations/2_status.up.sql": second,
    "db/migrations/2_status.down.sql": "DROP INDEX orders_status;\n",
    "k8s/orders.yaml": app,
  });
  git(folder, "init", "-q");
  commitAll(folder);
  return folder;
};
const found = (folder: string, ...words: readonly string[]): readonly string[] =>
  lintJson(folder, words).findings.map((each) => `${each.path} ${each.rule}`);

describe("files of SQL", () => {
  const finding = "db/migrations/2_status.up.sql index-build-blocks-writes";

  it("are judged where they are named, by a path or a glob, and not where their folder is", () => {
    const folder = shop();
    assert.deepEqual(found(folder, "db/migrations/2_status.up.sql"), [finding]);
    assert.deepEqual(found(folder, "db/**/2_*.sql"), [finding]);
    assert.deepEqual(found(folder, "db"), []);
    assert.match(dbops(folder, ["lint", "db/migrations/1_orders.up.sql"]).out, /^No problems in 1 file, 0 objects/);
  });

  it("are judged where they have changed, below what is asked for", () => {
    const folder = shop();
    writeFileSync(
      path.join(folder, "db/migrations/3_build.up.sql"),
      "CREATE INDEX CONCURRENTLY IF NOT EXISTS more ON orders (id);\n",
    );
    const change = "db/migrations/3_build.up.sql concurrent-build-deadlocks";
    assert.deepEqual(found(folder, "--changed", "."), [change]);
    assert.deepEqual(found(folder, "--since", "HEAD"), [change]);
    assert.deepEqual(found(folder, "--changed", "k8s"), []);
    git(folder, "add", ".");
    assert.deepEqual(found(folder, "--staged"), [change]);
  });

  it("say it in the built plugin, too, which has the parser beside it", () => {
    const { code, out } = builtDbops(shop(), ["lint", "--fail-on=warning", "db/migrations/2_status.up.sql"]);
    assert.equal(code, 1);
    assert.match(
      out,
      /2_status\.up\.sql:1:1 {2}warning {2}index-build-blocks-writes {2}\[unsafe fix\]\n {2}CREATE INDEX orders_status blocks/,
    );
  });

  it("come from stdin under a name", () => {
    const { out } = dbops(shop(), ["lint", "-", "--stdin-filename=x/2_a.sql", "-o", "concise"], { stdin: second });
    assert.match(out, /2_a\.sql:1:1: warning: .*\[index-build-blocks-writes\]/);
  });

  it("are suppressed by comments, which --suppress writes", () => {
    const folder = shop();
    const file = "db/migrations/2_status.up.sql";
    const { code } = dbops(folder, [
      "lint",
      file,
      "--suppress=index-build-blocks-writes",
      "--reason=the table is small",
    ]);
    assert.equal(code, 0);
    assert.deepEqual(found(folder, file), []);
    writeFileSync(path.join(folder, file), `-- dbops-disable-next-line index-build-blocks-wites\n${second}`);
    assert.deepEqual(found(folder, file), [`${file} suppression-unknown`, finding]);
    writeFileSync(path.join(folder, file), `-- dbops-disable-next-line column-default-rewrites-table\n${second}`);
    assert.deepEqual(found(folder, file), [`${file} suppression-unused`, finding]);
  });

  it("show no password that they set", () => {
    const folder = folderWith({ "a/2_x.sql": `CREATE ROLE app PASSWORD 'correcthorse';\n${second}` });
    const { out } = dbops(folder, ["lint", "a/2_x.sql"]);
    assert.match(out, /index-build-blocks-writes/);
    assert.doesNotMatch(out, /correcthorse/);
  });

  const odd: readonly (readonly [what: string, text: string | Buffer, said: RegExp])[] = [
    ["half a statement", `CREATE TABLE ;\n${second}`, /has a statement that PostgreSQL cannot parse \(line 1\)/],
    ["a template", `CREATE INDEX {{ name }} ON orders (a);\n`, /cannot parse/],
    ["a quote that stays open", `SELECT 'a;\n${second}`, /has a quote that nothing closes/],
    ["another database", "PRAGMA foreign_keys = off;\n", /is SQL of another database than PostgreSQL or MySQL/],
    [
      "12 MB of INSERTs",
      "INSERT INTO orders VALUES (1, 'open');\n".repeat(300_000),
      /has 11 MB of SQL, too much for a migration/,
    ],
    ["a control character between words", `VACUUM \u0007 ANALYZE orders;\n${second}`, /cannot parse/],
    ["a quote in the second line", "SELECT 1;\nSELECT 'it''s;\n", /has a quote that nothing closes \(line 2\)/],
    ["a body", "SELECT 1;\n\nDO $x$ BEGIN;\n", /has a quote that nothing closes \(line 3\)/],
    ["brackets without an end", `SELECT ${"(".repeat(200_000)}`, /cannot parse/],
  ];
  for (const [what, text, said] of odd)
    it(`are named once where they cannot be read: ${what}`, () => {
      const folder = folderWith({
        "a/1_x.sql": "SELECT 1;\n",
        "a/2_x.sql": text,
        "a/3_y.sql": "CREATE INDEX stock_all ON stock (id);\n",
      });
      const { out, code } = dbops(folder, ["lint", "a/2_x.sql", "a/3_y.sql", "--fail-on=never"]);
      assert.match(out, said);
      assert.equal(code, 0);
      if (what !== "another database") assert.match(out, /stock_all blocks/);
    });

  it("are fixed, and --diff shows how, without a password", () => {
    const folder = folderWith({
      "a/1_x.sql": "CREATE TABLE orders (id int);\n",
      "a/2_x.sql":
        "-- +goose Up\nCREATE INDEX orders_region ON orders (region);\n-- +goose Down\nCREATE ROLE x PASSWORD 'Tuesday-41-kettle';\n",
    });
    const { out } = dbops(folder, ["lint", "--diff", "--unsafe-fixes", "a/2_x.sql"]);
    assert.match(out, /^\+-- \+goose NO TRANSACTION$/m);
    assert.match(out, /^\+CREATE INDEX CONCURRENTLY orders_region ON orders \(region\);$/m);
    assert.doesNotMatch(out, /kettle/);
    dbops(folder, ["lint", "--fix", "--unsafe-fixes", "a/2_x.sql"]);
    assert.match(
      readFileSync(path.join(folder, "a/2_x.sql"), "utf8"),
      /^DROP INDEX CONCURRENTLY IF EXISTS orders_region;$/m,
    );
  });

  it("are no text where they are binary", () => {
    const folder = folderWith({ "a/2_x.sql": Buffer.from([0, 1, 2, 255]) });
    assert.equal(dbops(folder, ["lint", "a/2_x.sql"]).code, 2);
  });
});
