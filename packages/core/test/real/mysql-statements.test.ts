import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lintFiles } from "../support/lint.ts";
import { needsPrograms, pathOf, runBeside, subfolder } from "../support/real-databases.ts";
import { freePort, start, stopServers } from "../support/real-servers.ts";
import { sqlParser } from "../support/sql-parser.ts";

describe("statements of migrations in the real MariaDB", function () {
  this.timeout(60_000);
  let socket = "";
  const held: ChildProcess[] = [];
  const client = (): string => path.join(path.dirname(pathOf("mariadbd") ?? ""), "../bin/mariadb");
  const words = (): readonly string[] => ["--no-defaults", `--socket=${socket}`, "-u", "root", "shop"];
  /** What the server says to a script; empty where all of it succeeds. */
  const run = (sql: string): string =>
    spawnSync(client(), [...words().slice(0, -1), "-e", sql], { encoding: "utf8", timeout: 20_000 }).stderr;
  /** Runs a script in a session that stays open. */
  const hold = async (sql: string): Promise<void> => {
    const child = spawn(client(), words(), { stdio: ["pipe", "pipe", "ignore"] });
    held.push(child);
    const done = new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
    child.stdin?.write(`${sql}\nSELECT 1;\n`);
    child.stdin?.write("system true\n");
    await Promise.race([done, delay(1500)]);
  };
  const rulesOf = (sql: string): readonly string[] =>
    lintFiles(
      { "a/0001.sql": "CREATE TABLE t (id int) ENGINE = InnoDB;", "a/0002.sql": `${sql};\n` },
      { sqlParser, select: ["sql"], requested: ["a/0002.sql"] },
    ).findings.map(({ ruleId }) => ruleId);

  before(async function () {
    needsPrograms(this, "mariadbd");
    const data = subfolder("data");
    runBeside("mariadbd", "../bin/mariadb-install-db", [
      "--no-defaults",
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ]);
    socket = `${data}/s`;
    const port = await freePort();
    await start(
      [
        pathOf("mariadbd") ?? "",
        "--no-defaults",
        `--datadir=${data}`,
        `--socket=${socket}`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
      ],
      /ready for connections/,
      data,
    );
    assert.equal(
      run(
        "CREATE DATABASE shop; CREATE TABLE shop.orders (id int PRIMARY KEY, state varchar(9)) ENGINE = InnoDB; INSERT INTO shop.orders VALUES (1, 'a'), (2, 'b')",
      ),
      "",
    );
  });
  afterEach(() => {
    for (const child of held.splice(0)) child.kill();
  });
  after(stopServers);

  it("LOCK TABLES makes others wait (table-locked-explicitly)", async () => {
    assert.ok(rulesOf("LOCK TABLES orders WRITE").includes("table-locked-explicitly"));
    await hold("LOCK TABLES orders WRITE;");
    assert.match(run("SET lock_wait_timeout = 1; SELECT * FROM shop.orders"), /Lock wait timeout/);
  });

  it("an UPDATE of all rows keeps each of them locked (statement-changes-every-row)", async () => {
    assert.ok(rulesOf("UPDATE orders SET state = 'c'").includes("statement-changes-every-row"));
    await hold("START TRANSACTION; UPDATE orders SET state = 'c';");
    assert.match(
      run("SET innodb_lock_wait_timeout = 1; UPDATE shop.orders SET state = 'd' WHERE id = 2"),
      /Lock wait timeout/,
    );
    assert.deepEqual(rulesOf("UPDATE orders SET state = 'c' WHERE id = 1"), []);
  });

  it("a copy cannot let writers through (alter-stops-table)", () => {
    assert.ok(rulesOf("ALTER TABLE orders ADD COLUMN x int, ALGORITHM=COPY").includes("alter-stops-table"));
    assert.match(
      run("ALTER TABLE shop.orders ADD COLUMN x int, ALGORITHM=COPY, LOCK=NONE"),
      /COPY algorithm requires a lock/,
    );
    assert.deepEqual(rulesOf("ALTER TABLE orders ADD COLUMN x int, ALGORITHM=INPLACE, LOCK=NONE"), []);
    assert.equal(run("ALTER TABLE shop.orders ADD COLUMN x int, ALGORITHM=INPLACE, LOCK=NONE"), "");
  });

  it("DDL waits for a transaction that has only read its table (release: metadata lock)", async () => {
    await hold("START TRANSACTION; SELECT * FROM orders;");
    for (const ddl of [
      "ALTER TABLE shop.orders ADD COLUMN y int",
      "CREATE INDEX orders_state ON shop.orders (state)",
      "RENAME TABLE shop.orders TO shop.old_orders",
      "DROP TABLE shop.orders",
    ])
      assert.match(run(`SET lock_wait_timeout = 1; ${ddl}`), /Lock wait timeout/, ddl);
  });

  it("builds an index while others write, but neither a full-text one nor another type (release: not known)", () => {
    assert.equal(run("ALTER TABLE shop.orders ADD INDEX states (state), ALGORITHM=INPLACE, LOCK=NONE"), "");
    for (const part of ["ADD FULLTEXT INDEX words (state)", "MODIFY COLUMN id bigint NOT NULL"])
      assert.match(run(`ALTER TABLE shop.orders ${part}, ALGORITHM=INPLACE, LOCK=NONE`), /is not supported/, part);
  });

  it("READ LOCAL keeps the writers of an InnoDB table waiting (table-locked-explicitly)", async () => {
    assert.ok(rulesOf("LOCK TABLES orders READ LOCAL").includes("table-locked-explicitly"));
    await hold("LOCK TABLES orders READ LOCAL;");
    assert.match(
      run("SET lock_wait_timeout = 1; INSERT INTO shop.orders (id, state) VALUES (9, 'x')"),
      /Lock wait timeout/,
    );
    assert.equal(run("SET lock_wait_timeout = 1; SELECT * FROM shop.orders"), "");
  });

  it("a partition takes its rows along, and so does a table that is replaced (statement-destroys-data)", () => {
    const rows = (): string =>
      spawnSync(client(), [...words(), "-N", "-e", "SELECT count(*) FROM days"], { encoding: "utf8" }).stdout.trim();
    const make =
      "CREATE OR REPLACE TABLE shop.days (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20)); INSERT INTO shop.days VALUES (1), (11)";
    for (const sql of [
      "ALTER TABLE days DROP PARTITION p0",
      "ALTER TABLE days TRUNCATE PARTITION p0",
      "CREATE OR REPLACE TABLE days (id int)",
    ]) {
      assert.equal(run(make), "");
      assert.equal(rows(), "2");
      assert.equal(run(`USE shop; ${sql}`), "", sql);
      assert.notEqual(rows(), "2", sql);
      assert.ok(rulesOf(sql).includes("statement-destroys-data"), sql);
    }
    // What is empty afterward, or has more room, lost nothing.
    for (const sql of [
      "ALTER TABLE days ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
      "ALTER TABLE days REMOVE PARTITIONING",
    ]) {
      assert.equal(run(`${make}; USE shop; ${sql}`), "", sql);
      assert.equal(rows(), "2", sql);
      assert.ok(!rulesOf(sql).includes("statement-destroys-data"), sql);
    }
    assert.equal(run("DROP TABLE shop.days"), "");
  });

  it("a table whose name another takes can still be read (release: metadata lock)", () => {
    assert.equal(
      run(
        "USE shop; CREATE TABLE orders_new LIKE orders; RENAME TABLE orders TO orders_old, orders_new TO orders; SELECT * FROM orders; RENAME TABLE orders TO orders_new, orders_old TO orders; DROP TABLE orders_new",
      ),
      "",
    );
  });
});
