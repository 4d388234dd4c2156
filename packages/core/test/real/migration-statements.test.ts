import assert from "node:assert/strict";
import { locksOf } from "../../src/domain/migration/locks.ts";
import { readChanges } from "../../src/domain/migration/read-changes.ts";
import { readSql } from "../../src/embedded/sql.ts";
import { lintFiles } from "../support/lint.ts";
import { PostgresClient } from "../support/postgres-client.ts";
import { needsPrograms } from "../support/real-databases.ts";
import { startPostgres, stopServers } from "../support/real-servers.ts";
import { sqlParser } from "../support/sql-parser.ts";

/** Statements on the tables below; their locks are compared with pg_locks. */
const locking = [
  "LOCK TABLE orders",
  "LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE",
  "TRUNCATE lines",
  "DROP TABLE lines",
  "DROP VIEW open_orders",
  "ALTER TABLE orders ADD COLUMN region text",
  "ALTER TABLE orders DROP COLUMN code",
  "ALTER TABLE orders RENAME COLUMN code TO mark",
  "ALTER TABLE orders SET SCHEMA archive",
  "ALTER TABLE orders ALTER COLUMN code SET DEFAULT 'x'",
  "ALTER TABLE orders ALTER COLUMN code DROP NOT NULL",
  "ALTER TABLE orders ALTER COLUMN code SET STATISTICS 500",
  "ALTER TABLE orders SET (fillfactor = 80)",
  "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
  "ALTER TABLE orders DISABLE TRIGGER USER",
  "ALTER TABLE orders SET UNLOGGED",
  "ALTER TABLE lines ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID",
  "ALTER TABLE orders ADD CONSTRAINT paid CHECK (amount > 0) NOT VALID",
  "ALTER TABLE events ATTACH PARTITION events_2028 FOR VALUES FROM (2028) TO (2029)",
  "ALTER TABLE events DETACH PARTITION events_2027",
  "CREATE TABLE events_2029 PARTITION OF events FOR VALUES FROM (2029) TO (2030)",
  "CREATE TABLE notes (order_id int REFERENCES orders (id))",
  "CREATE INDEX orders_code ON orders (code)",
  "CREATE TRIGGER changed BEFORE UPDATE ON orders EXECUTE FUNCTION suppress_redundant_updates_trigger()",
  "CREATE POLICY own ON orders USING (true)",
  "REFRESH MATERIALIZED VIEW sums",
  "REFRESH MATERIALIZED VIEW CONCURRENTLY sums",
  "UPDATE orders SET code = 'x'",
  "INSERT INTO lines SELECT id FROM orders",
];

describe("statements of migrations in the real PostgreSQL", function () {
  this.timeout(60_000);
  let port: number;
  let one: PostgresClient;
  let other: PostgresClient;
  before(async function () {
    needsPrograms(this, "postgres");
    port = await startPostgres(20, "trust", undefined, ["wal_level=replica"]);
    one = await PostgresClient.open(port, "postgres", "postgres");
    other = await PostgresClient.open(port, "postgres", "postgres");
    await other.query("SET lock_timeout = '300ms'");
    await one.query(`
      CREATE SCHEMA archive;
      CREATE TABLE customers (id int PRIMARY KEY);
      CREATE TABLE orders (id int PRIMARY KEY, amount int, code text NOT NULL, customer int REFERENCES customers (id));
      CREATE TABLE lines (order_id int);
      CREATE VIEW open_orders AS SELECT id FROM customers;
      CREATE MATERIALIZED VIEW sums AS SELECT id, count(*) FROM customers GROUP BY id;
      CREATE UNIQUE INDEX sums_id ON sums (id);
      CREATE TABLE events (year int) PARTITION BY RANGE (year);
      CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM (2027) TO (2028);
      CREATE TABLE events_2028 (year int);
      INSERT INTO customers SELECT n FROM generate_series(1, 9) n;
      INSERT INTO orders SELECT n, n, 'c' || n, n FROM generate_series(1, 9) n`);
  });
  after(async () => {
    one?.close();
    other?.close();
    await stopServers();
  });

  afterEach(async () => {
    await one?.query("ROLLBACK");
  });

  const rulesOf = (sql: string, name = "a/0002.sql"): readonly string[] =>
    lintFiles({ [name]: `${sql};\n` }, { sqlParser, select: ["sql"] }).findings.map(({ ruleId }) => ruleId);
  const waits = async (sql: string): Promise<boolean> => {
    try {
      await other.query(sql);
      return false;
    } catch (error) {
      assert.match((error as Error).message, /lock timeout/);
      return true;
    }
  };

  for (const sql of locking)
    it(`takes the locks that dbops names: ${sql}`, async () => {
      const parser = sqlParser();
      const changes = readChanges(readSql(sql, parser).statements, (span) => ({ span }) as never);
      const named = changes.flatMap(locksOf).map(({ table, lock }) => `${table.replace("public.", "")} ${lock}`);
      // A table that the statement makes or renames is found by its number.
      const numbers = new Map((await one.query("SELECT oid, relname FROM pg_class")).map(([oid, name]) => [oid, name]));
      await one.query("BEGIN");
      await one.query(sql);
      const rows = await one.query(
        "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation > 16383",
      );
      await one.query("ROLLBACK");
      const held = rows.map(
        ([relation, mode]) =>
          `${numbers.get(relation) ?? "new"} ${mode
            ?.replace("Lock", "")
            .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
            .toUpperCase()}`,
      );
      assert.ok(named.length > 0);
      for (const each of named) assert.ok(held.includes(each), `${each} among ${held.join(", ")}`);
      // And none that stops more, on a table that requests use.
      const strongest = (table: string, all: readonly string[]): string =>
        ["ACCESS EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE"].find((lock) => all.includes(`${table} ${lock}`)) ?? "none";
      for (const table of ["orders", "customers", "lines", "events"])
        assert.equal(strongest(table, named), strongest(table, held), table);
    });

  for (const [rule, sql, statement, safe] of [
    ["table-locked-explicitly", "LOCK TABLE orders", "SELECT 1 FROM orders", undefined],
    [
      "view-refresh-stops-reads",
      "REFRESH MATERIALIZED VIEW sums",
      "SELECT 1 FROM sums",
      "REFRESH MATERIALIZED VIEW CONCURRENTLY sums",
    ],
    [
      "partition-change-stops-table",
      "ALTER TABLE events DETACH PARTITION events_2027",
      "SELECT 1 FROM events",
      undefined,
    ],
    ["statement-destroys-data", "TRUNCATE orders CASCADE", "SELECT 1 FROM orders", undefined],
    ["maintenance-stops-table", "ALTER TABLE orders SET LOGGED", "SELECT 1 FROM orders", undefined],
  ] as const)
    it(`${rule}: ${sql}`, async () => {
      assert.ok(rulesOf(sql).includes(rule), `${rulesOf(sql)}`);
      if (sql.endsWith("LOGGED")) await one.query("ALTER TABLE orders SET UNLOGGED");
      await one.query(`BEGIN; ${sql}`);
      assert.equal(await waits(statement), true);
      await one.query("ROLLBACK");
      if (safe !== undefined) {
        assert.deepEqual(rulesOf(safe), []);
        await one.query(`BEGIN; ${safe}`);
        assert.equal(await waits(statement), false);
        await one.query("ROLLBACK");
      }
      await one.query("ALTER TABLE orders SET LOGGED");
    });

  it("DETACH PARTITION CONCURRENTLY lets SELECTs through (partition-change-stops-table)", async () => {
    await one.query("BEGIN; SELECT 1 FROM events");
    const detaching = await PostgresClient.open(port, "postgres", "postgres");
    const detached = detaching.query("ALTER TABLE events DETACH PARTITION events_2027 CONCURRENTLY");
    assert.equal(await waits("SELECT 1 FROM events"), false);
    await one.query("COMMIT");
    await detached;
    detaching.close();
    await one.query("ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM (2027) TO (2028)");
  });

  it("refuses in a transaction what the rule says (statement-refused-in-transaction)", async () => {
    for (const sql of [
      "VACUUM orders",
      "CREATE DATABASE reports",
      "DROP DATABASE reports",
      "ALTER SYSTEM SET work_mem = '16MB'",
      "REINDEX DATABASE postgres",
      "ALTER TABLE events DETACH PARTITION events_2027 CONCURRENTLY",
    ]) {
      assert.ok(rulesOf(`-- +goose Up\n${sql}`).includes("statement-refused-in-transaction"), sql);
      await assert.rejects(one.query(`BEGIN; ${sql}`), /cannot (?:run inside|be executed)/, sql);
      await one.query("ROLLBACK");
      await assert.rejects(one.query(`SELECT 1; ${sql}`), /cannot (?:run inside|be executed)/, sql);
    }
    await assert.rejects(one.query("DO $$ BEGIN VACUUM orders; END $$"), /cannot be executed from a function/);
    await assert.rejects(
      one.query("DO $$ BEGIN CREATE INDEX CONCURRENTLY o ON orders (code); END $$"),
      /cannot be executed from a function/,
    );
    await one.query("ALTER SYSTEM SET work_mem = '16MB'");
    await assert.rejects(one.query("LOCK TABLE orders"), /can only be used in transaction blocks/);
  });

  it("a short ALTER TABLE stops SELECTs for as long as what follows it (strong-lock-held-during-work)", async () => {
    const sql = "ALTER TABLE orders ADD COLUMN region text; INSERT INTO lines SELECT id FROM orders";
    assert.ok(rulesOf(`-- +goose Up\n${sql}`).includes("strong-lock-held-during-work"));
    await one.query(`BEGIN; ${sql}`);
    assert.equal(await waits("SELECT 1 FROM orders"), true);
    await one.query("ROLLBACK");
  });

  it("two transactions that lock two tables in different order deadlock (transaction-locks-several-tables)", async () => {
    await other.query("SET lock_timeout = 0");
    await one.query("BEGIN; ALTER TABLE orders ADD COLUMN region text");
    await other.query("BEGIN; SELECT 1 FROM customers");
    const waiting = other.query("SELECT 1 FROM orders");
    const ended = await Promise.allSettled([one.query("ALTER TABLE customers ADD COLUMN region text"), waiting]);
    const reasons = ended.flatMap((each) => (each.status === "rejected" ? [`${each.reason}`] : []));
    assert.match(reasons.join(), /deadlock detected/);
    await one.query("ROLLBACK");
    await other.query("ROLLBACK");
    await other.query("SET lock_timeout = '300ms'");
  });

  it("checks a new column's CHECK and UNIQUE for each row, and no foreign key of an empty one (constraint-check-stops-writes)", async () => {
    await one.query(`CREATE FUNCTION seen(int) RETURNS boolean LANGUAGE plpgsql AS $$
      BEGIN PERFORM nextval('checks'); RETURN true; END $$; CREATE SEQUENCE checks`);
    const checks = async (): Promise<string | undefined> =>
      (await one.query("SELECT nextval('checks')"))[0]?.[0] ?? undefined;
    await checks();
    await one.query("ALTER TABLE orders ADD COLUMN plan int CHECK (seen(plan))");
    assert.equal(await checks(), "11");
    assert.ok(
      rulesOf("ALTER TABLE orders ADD COLUMN plan int CHECK (plan > 0)").includes("constraint-check-stops-writes"),
    );
    await assert.rejects(
      one.query("ALTER TABLE orders ADD COLUMN c1 int DEFAULT 77 REFERENCES customers (id)"),
      /violates foreign key/,
    );
    await one.query("ALTER TABLE orders ADD COLUMN c2 int REFERENCES customers (id)");
    await assert.rejects(
      one.query("ALTER TABLE orders ADD COLUMN c3 int DEFAULT 1 UNIQUE"),
      /could not create unique index/,
    );
  });

  const changes: readonly (readonly [from: string, to: string, using?: string])[] = [
    ["varchar(20)", "varchar(10)"],
    ["varchar(20)", "varchar(40)"],
    ["varchar(20)", "varchar"],
    ["varchar(20)", "text"],
    ["text", "varchar(20)"],
    ["text", "varchar"],
    ["numeric(10,2)", "numeric(12,2)"],
    ["numeric(10,2)", "numeric(12,4)"],
    ["numeric(10,2)", "numeric(8,2)"],
    ["numeric(10,2)", "numeric"],
    ["numeric", "numeric(10,2)"],
    ["bigint", "int"],
    ["int", "bigint"],
    ["text", "state", "c::state"],
    ["state", "text"],
    ["text", "text", "upper(c)"],
  ];
  it("writes a table again for the changes of type that the rule names, and for no other (type-change-rewrites-table)", async () => {
    await one.query("CREATE TYPE state AS ENUM ('1', '2')");
    for (const [from, to, using] of changes) {
      const sql = `ALTER TABLE t ALTER COLUMN c TYPE ${to}${using === undefined ? "" : ` USING ${using}`};\n`;
      const table = `CREATE TABLE t (id int, c ${from});`;
      const files = { "a/0001.sql": `CREATE TYPE state AS ENUM ('1', '2'); ${table}`, "a/0002.sql": sql };
      const { findings } = lintFiles(files, { sqlParser, select: ["sql"], requested: ["a/0002.sql"] });
      await one.query(`${table} INSERT INTO t VALUES (1, '1')`);
      const [[old] = []] = await one.query("SELECT pg_relation_filenode('t')");
      await one.query(sql);
      const [[fresh] = []] = await one.query("SELECT pg_relation_filenode('t')");
      await one.query("DROP TABLE t");
      assert.equal(findings.length > 0, old !== fresh, `${from} to ${to}: ${old === fresh ? "kept" : "written again"}`);
    }
  });

  it("has no extensions of other projects, and no logical decoding by default (extension-not-in-image, publication-without-logical-wal)", async () => {
    const session = await PostgresClient.open(port, "postgres", "postgres");
    await assert.rejects(session.query("CREATE EXTENSION vchord"), /extension "vchord" is not available/);
    await session.query("CREATE PUBLICATION changes FOR ALL TABLES");
    await assert.rejects(
      session.query("SELECT pg_create_logical_replication_slot('s', 'pgoutput')"),
      /logical decoding requires wal_level >= logical/,
    );
    await session.query("DROP PUBLICATION changes; CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    await assert.rejects(session.query("SELECT 1 FROM pg_stat_statements"), /must be loaded via/);
    await session.query("DROP EXTENSION pg_stat_statements");
    session.close();
  });

  it("reads timeouts as the rule says (timeout-misread)", async () => {
    const session = await PostgresClient.open(port, "postgres", "postgres");
    await session.query("SET lock_timeout = 5");
    assert.deepEqual(await session.query("SHOW lock_timeout"), [["5ms"]]);
    for (const value of ["1m", "5sec"]) {
      assert.ok(rulesOf(`SET lock_timeout = '${value}'`).includes("timeout-misread"), value);
      await assert.rejects(session.query(`SET lock_timeout = '${value}'`), /invalid value/);
    }
    await session.query("SET lock_timeout = '2min'");
    await session.query("SET LOCAL lock_timeout = '5s'");
    assert.deepEqual(await session.query("SHOW lock_timeout"), [["2min"]]);
    session.close();
  });

  it("what is not committed when the client leaves is gone (transaction-never-committed)", async () => {
    const script = await PostgresClient.open(port, "postgres", "postgres");
    await script.query("BEGIN; CREATE TABLE places (id int)");
    script.close();
    await other.query("SELECT pg_sleep(0.2)");
    assert.deepEqual(await one.query("SELECT count(*) FROM pg_class WHERE relname = 'places'"), [["0"]]);
  });
});
