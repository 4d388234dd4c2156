import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { lintFiles } from "../support/lint.ts";
import { PostgresClient } from "../support/postgres-client.ts";
import { needsPrograms, pathOf } from "../support/real-databases.ts";
import { startPostgres, stopServers } from "../support/real-servers.ts";
import { sqlParser } from "../support/sql-parser.ts";

/** What a statement takes and whom it keeps waiting. */
interface Claim {
  readonly rule: string;
  readonly sql: string;
  /** As pg_locks calls it. */
  readonly lock: string;
  readonly table: string;
  readonly reads: "wait" | "pass";
  readonly writes: "wait" | "pass";
  /** The safe form, and what it does. */
  readonly safe?: { readonly sql: string; readonly reads: "wait" | "pass"; readonly writes: "wait" | "pass" };
}

const accessExclusive = { lock: "AccessExclusiveLock", table: "orders", reads: "wait", writes: "wait" } as const;

const claims: readonly Claim[] = [
  {
    ...{ rule: "index-build-blocks-writes", sql: "CREATE INDEX orders_status ON orders (status)" },
    ...{ lock: "ShareLock", table: "orders", reads: "pass", writes: "wait" },
  },
  {
    ...{ rule: "not-null-check-stops-table", sql: "ALTER TABLE orders ALTER COLUMN status SET NOT NULL" },
    ...accessExclusive,
  },
  {
    ...{ rule: "type-change-rewrites-table", sql: "ALTER TABLE orders ALTER COLUMN amount TYPE bigint" },
    ...accessExclusive,
  },
  {
    ...{ rule: "constraint-check-stops-writes", sql: "ALTER TABLE orders ADD CONSTRAINT paid CHECK (amount > 0)" },
    ...accessExclusive,
  },
  {
    rule: "constraint-check-stops-writes",
    sql: "ALTER TABLE orders ADD CONSTRAINT whose FOREIGN KEY (customer) REFERENCES customers (id)",
    ...{ lock: "ShareRowExclusiveLock", table: "customers", reads: "pass", writes: "wait" },
    safe: { sql: "ALTER TABLE orders VALIDATE CONSTRAINT later", reads: "pass", writes: "pass" },
  },
  {
    ...{ rule: "constraint-check-stops-writes", sql: "ALTER TABLE orders ADD CONSTRAINT one UNIQUE (code)" },
    ...accessExclusive,
  },
  {
    rule: "column-default-rewrites-table",
    sql: "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()",
    ...accessExclusive,
  },
  {
    ...{ rule: "schema-removed-under-old-pods", sql: "ALTER TABLE orders RENAME COLUMN code TO mark" },
    ...accessExclusive,
  },
];

describe("locks of migrations in the real PostgreSQL", function () {
  this.timeout(60_000);
  let port: number;
  let one: PostgresClient;
  let other: PostgresClient;
  before(async function () {
    needsPrograms(this, "postgres");
    port = await startPostgres(20);
    one = await PostgresClient.open(port, "postgres", "postgres");
    other = await PostgresClient.open(port, "postgres", "postgres");
    await other.query("SET lock_timeout = '300ms'");
    await one.query(`
      CREATE TABLE customers (id int PRIMARY KEY, name text);
      CREATE TABLE orders (id int PRIMARY KEY, status varchar(9), amount int, customer int, code text);
      INSERT INTO customers SELECT n FROM generate_series(1, 100) n;
      INSERT INTO orders SELECT n, 'open', n, n, 'c' || n FROM generate_series(1, 100) n;
      ALTER TABLE orders ADD CONSTRAINT later FOREIGN KEY (customer) REFERENCES customers (id) NOT VALID`);
  });
  after(async () => {
    one?.close();
    other?.close();
    await stopServers();
  });

  const outcome = async (sql: string): Promise<"wait" | "pass"> => {
    try {
      await other.query(sql);
      return "pass";
    } catch (error) {
      assert.match((error as Error).message, /lock timeout/);
      return "wait";
    }
  };
  const tryBeside = async (table: string): Promise<readonly ["wait" | "pass", "wait" | "pass"]> => [
    await outcome(`SELECT 1 FROM ${table} LIMIT 1`),
    await outcome(`DELETE FROM ${table} WHERE id = 0`),
  ];
  /** The rules that speak of a statement on a table that is in use. */
  const rulesOf = (sql: string): readonly string[] =>
    lintFiles({ "a/0002.sql": `${sql};\n` }, { sqlParser, select: ["sql"] }).findings.map(({ ruleId }) => ruleId);

  for (const { rule, sql, lock, table, reads, writes, safe } of claims)
    it(`${rule}: ${sql}`, async () => {
      assert.ok(rulesOf(sql).includes(rule), `${rulesOf(sql)}`);
      await one.query("BEGIN");
      await one.query(sql);
      const held = await one.query(
        `SELECT DISTINCT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = '${table}'::regclass`,
      );
      assert.ok(
        held.some(([mode]) => mode === lock),
        `${lock} among ${held.join()}`,
      );
      assert.deepEqual(await tryBeside(table), [reads, writes]);
      await one.query("ROLLBACK");
      if (safe === undefined) return;
      assert.deepEqual(rulesOf(safe.sql), []);
      await one.query("BEGIN");
      await one.query(safe.sql);
      assert.deepEqual(await tryBeside(table), [safe.reads, safe.writes]);
      await one.query("ROLLBACK");
    });

  it("NOT VALID is quick, and in the transaction that validates it too nothing is gained (constraint-validated-too-early)", async () => {
    await one.query("BEGIN; ALTER TABLE orders ADD CONSTRAINT paid CHECK (amount > 0) NOT VALID");
    await one.query("ALTER TABLE orders VALIDATE CONSTRAINT paid");
    assert.deepEqual(await tryBeside("orders"), ["wait", "wait"]);
    await one.query("ROLLBACK; ALTER TABLE orders ADD CONSTRAINT paid CHECK (amount > 0) NOT VALID");
    await one.query("BEGIN; ALTER TABLE orders VALIDATE CONSTRAINT paid");
    assert.deepEqual(await tryBeside("orders"), ["pass", "pass"]);
    await one.query("ROLLBACK; ALTER TABLE orders DROP CONSTRAINT paid");
  });

  const fileOf = async (): Promise<string> => (await one.query("SELECT pg_relation_filenode('orders')"))[0]?.[0] ?? "";
  const rewrites: readonly (readonly [change: string, rewrites: boolean])[] = [
    ["ADD COLUMN a1 uuid DEFAULT gen_random_uuid()", true],
    ["ADD COLUMN a2 timestamptz DEFAULT clock_timestamp()", true],
    ["ADD COLUMN a3 timestamptz DEFAULT now()", false],
    ["ADD COLUMN a4 text DEFAULT 'eu'", false],
    ["ADD COLUMN a5 bigserial", true],
    ["ADD COLUMN a6 int GENERATED ALWAYS AS IDENTITY", true],
    ["ADD COLUMN a7 int GENERATED ALWAYS AS (customer + 1) STORED", true],
    ["ALTER COLUMN amount TYPE bigint", true],
    ["ALTER COLUMN amount TYPE bigint", false],
    ["ALTER COLUMN status TYPE varchar(40)", false],
    ["ALTER COLUMN status TYPE text", false],
    ["ALTER COLUMN id TYPE text USING id::text", true],
  ];
  it("rewrites a table where the rules say so, and not where they are silent", async () => {
    const spoken = new Set(["column-default-rewrites-table", "type-change-rewrites-table"]);
    const history =
      "CREATE TABLE orders (id int PRIMARY KEY, status varchar(9), amount int, customer int, code text);\n";
    const before: string[] = [];
    for (const [change, isRewritten] of rewrites) {
      const sql = `ALTER TABLE orders ${change};`;
      const files = { "a/0001.sql": history + before.join("\n"), "a/0002.sql": sql };
      const { findings } = lintFiles(files, { sqlParser, select: ["sql"], requested: ["a/0002.sql"] });
      assert.equal(
        findings.some(({ ruleId }) => spoken.has(ruleId)),
        isRewritten,
        change,
      );
      const old = await fileOf();
      await one.query(sql);
      assert.equal((await fileOf()) !== old, isRewritten, change);
      before.push(sql);
    }
  });

  it("refuses CONCURRENTLY and a new enum value in one query, and takes the build alone (concurrent-build-in-transaction)", async () => {
    const build = "CREATE INDEX CONCURRENTLY orders_code ON orders (code)";
    await assert.rejects(one.query(`SET lock_timeout = 0; ${build}`), /cannot (run|be executed)/);
    await one.query(build);
    await one.query("CREATE TYPE state AS ENUM ('open')");
    await assert.rejects(
      one.query("ALTER TYPE state ADD VALUE 'gone'; SELECT 'gone'::state"),
      /unsafe use of new value/,
    );
    await assert.rejects(one.query("ALTER TABLE orders ADD COLUMN must text NOT NULL"), /contains null values/);
  });

  it("a run that waits in pg_advisory_lock makes a concurrent build deadlock (concurrent-build-deadlocks)", async () => {
    const waiting = await PostgresClient.open(port, "postgres", "postgres");
    await one.query("SELECT pg_advisory_lock(7)");
    const lock = waiting.query("SELECT pg_advisory_lock(7)");
    await delay(1500); // its own search for deadlocks is over: the build finds this one
    const build = "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_status ON orders (status)";
    await assert.rejects(one.query(build), /deadlock detected/);
    await one.query("SELECT pg_advisory_unlock(7)");
    await lock;
    // The next run: nothing fails, and the index stays invalid (invalid-index-is-skipped).
    await waiting.query(build);
    const valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_status'::regclass";
    assert.deepEqual(await waiting.query(valid), [["f"]]);
    await waiting.query("DROP INDEX CONCURRENTLY IF EXISTS orders_status");
    await waiting.query("SELECT pg_advisory_unlock(7)");
    await one.query(build);
    assert.deepEqual(await one.query(valid), [["t"]]);
    await one.query("DROP INDEX orders_status");
    waiting.close();
  });

  it("a run that polls does not (Rails, Atlas, node-pg-migrate)", async () => {
    await one.query("SELECT pg_advisory_lock(7)");
    assert.deepEqual(await other.query("SELECT pg_try_advisory_lock(7)"), [["f"]]);
    await one.query("CREATE INDEX CONCURRENTLY orders_status ON orders (status)");
    await one.query("SELECT pg_advisory_unlock(7)");
  });

  it("lock_timeout ends a concurrent build that waits for work on another table", async () => {
    await other.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM customers");
    const limited = await PostgresClient.open(port, "postgres", "postgres", { options: "-c lock_timeout=300ms" });
    await assert.rejects(limited.query("CREATE INDEX CONCURRENTLY orders_limited ON orders (status)"), /lock timeout/);
    await other.query("COMMIT");
    limited.close();
  });

  for (const [settings, isGone] of [
    ["", false],
    ["-c client_connection_check_interval=1s", true],
  ] as const)
    it(`a killed psql ${isGone ? "takes its statement along" : "leaves its statement waiting"}: ${settings || "by default"} (migration-job-without-deadline)`, async () => {
      await one.query("BEGIN; SELECT 1 FROM customers LIMIT 1");
      const words = [
        "-h",
        "127.0.0.1",
        "-p",
        `${port}`,
        "-U",
        "postgres",
        "-c",
        "ALTER TABLE customers ADD COLUMN x int",
      ];
      const env = { PATH: process.env.PATH, PGOPTIONS: settings };
      const psql = spawn(pathOf("postgres")?.replace(/postgres$/, "psql") ?? "psql", words, { env, stdio: "ignore" });
      await delay(500);
      psql.kill("SIGKILL");
      await delay(2500);
      assert.equal(await outcome("SELECT 1 FROM customers LIMIT 1"), isGone ? "pass" : "wait");
      await one.query("ROLLBACK");
      await delay(300);
      await one.query("ALTER TABLE customers DROP COLUMN IF EXISTS x");
    });
});
