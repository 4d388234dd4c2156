import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { isOlder } from "../../src/domain/pgbouncer/version.ts";
import { PostgresClient } from "../support/postgres-client.ts";
import {
  describePgbouncers,
  freePort,
  needsServers,
  runClient,
  startPgbouncer,
  startPostgres,
  stop,
  stopServers,
} from "../support/real-servers.ts";
import { cell, hazards, message } from "./pool-mode-hazards.ts";

type Mode = "session" | "transaction" | "statement";

describePgbouncers("what a pool mode breaks", function (pgbouncer) {
  this.timeout(60_000);
  let postgres: number;
  before(async function () {
    needsServers(this);
    postgres = await startPostgres(60);
    const admin = await PostgresClient.open(postgres, "postgres", "postgres");
    await admin.query("CREATE ROLE shop LOGIN SUPERUSER");
    await admin.query("CREATE DATABASE shop OWNER shop");
    admin.close();
    const owner = await PostgresClient.open(postgres, "shop", "shop");
    await owner.query("CREATE TABLE orders (id int)");
    owner.close();
  });
  after(stopServers);

  const startPooler = async (
    mode: Mode,
    settings = "",
    pool = mode === "session" ? 3 : 1,
  ): Promise<[ChildProcess, number]> => {
    const port = await freePort();
    const child = await startPgbouncer(
      pgbouncer,
      `[databases]\nshop = host=127.0.0.1 port=${postgres}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = trust\nauth_file = userlist.txt\npool_mode = ${mode}\ndefault_pool_size = ${pool}\n${settings}\n`,
      { "userlist.txt": '"shop" ""\n' },
    );
    return [child, port];
  };

  for (const { what, rules, run, session, transaction } of hazards)
    for (const mode of ["session", "transaction"] as const)
      it(`${mode}: ${what}: ${mode === "session" ? session : transaction} [${rules}]`, async () => {
        const [child, port] = await startPooler(mode);
        const open = (at: number): Promise<PostgresClient> => PostgresClient.open(at, "shop", "shop");
        const pair = { port, one: await open(port), other: await open(port), direct: await open(postgres) };
        try {
          assert.equal(await run(pair), mode === "session" ? session : transaction);
        } finally {
          for (const client of [pair.one, pair.other, pair.direct]) client.close();
          await stop(child);
        }
      });

  /** Three clients of a pool of three in transaction mode whose server connections change with each transaction. */
  const taking = async (
    settings: string,
    work: (one: PostgresClient, port: number) => Promise<unknown>,
  ): Promise<string> => {
    const [child, port] = await startPooler("transaction", `server_round_robin = 1\n${settings}`, 3);
    const one = await PostgresClient.open(port, "shop", "shop");
    const others = [await PostgresClient.open(port, "shop", "shop"), await PostgresClient.open(port, "shop", "shop")];
    try {
      // Three transactions at once open all server connections.
      for (const sql of ["BEGIN", "SELECT 1", "COMMIT"]) for (const client of [one, ...others]) await client.query(sql);
      return await message(work(one, port));
    } finally {
      for (const client of [one, ...others]) client.close();
      await stop(child);
    }
  };
  const prepares = (settings: string): Promise<string> =>
    taking(settings, async (one) => {
      await one.prepare("find", "SELECT 1");
      for (let times = 0; times < 4; times++) await one.execute("find");
    });

  it("a user's mode wins over the pooler's and the entry's [session-state-through-pooler, dump-through-pooler] (quiet)", async () => {
    for (const [users, expected] of [
      ["", "7s"],
      ["[users]\nshop = pool_mode=session", "0"],
      ["[users]\nbackup = pool_mode=session", "7s"],
    ] as const) {
      const [child, port] = await startPooler("transaction", users, users === "" ? 1 : users.includes("shop") ? 2 : 1);
      const one = await PostgresClient.open(port, "shop", "shop");
      const other = await PostgresClient.open(port, "shop", "shop");
      await one.query("SET lock_timeout = '7s'");
      assert.equal(await cell(other, "SHOW lock_timeout"), expected, users);
      for (const client of [one, other]) client.close();
      await stop(child);
    }
  });

  it("a dump sets search_path on one connection and dumps on another [dump-through-pooler]", async () => {
    const said = await taking("", async (one, port) => {
      const { status, said: words } = runClient("pg_dump", ["-h", "127.0.0.1", "-p", `${port}`, "-U", "shop", "shop"]);
      assert.equal(status, 0, words);
      for (let times = 0; times < 4; times++) await one.query("SELECT * FROM orders");
    });
    assert.equal(said, 'relation "orders" does not exist');
  });

  it("statements prepared by the protocol: by default only from 1.24 on [pooler-loses-prepared-statements]", async () => {
    const expected = isOlder(pgbouncer.version, "1.24.0") ? 'prepared statement "find" does not exist' : "works";
    assert.equal(await prepares(""), expected);
  });

  if (!isOlder(pgbouncer.version, "1.21.0"))
    it("statements prepared by the protocol: not with max_prepared_statements 0 [pooler-loses-prepared-statements]", async () => {
      assert.equal(await prepares("max_prepared_statements = 0"), 'prepared statement "find" does not exist');
      assert.equal(await prepares("max_prepared_statements = 100"), "works");
    });

  it("statement mode takes no transaction [pooler-statement-mode, dump-through-pooler]", async () => {
    const [child, port] = await startPooler("statement");
    const client = await PostgresClient.open(port, "shop", "shop");
    assert.match(await message(client.query("BEGIN")), /transaction blocks not allowed in statement pooling mode/);
    const { status, said } = runClient("pg_dump", ["-h", "127.0.0.1", "-p", `${port}`, "-U", "shop", "shop"]);
    assert.notEqual(status, 0);
    assert.match(said, /transaction blocks not allowed/);
    await stop(child);
  });

  const parameters: readonly (readonly [name: string, value: string, said: RegExp])[] = [
    ["extra_float_digits", "2", /unsupported startup parameter: extra_float_digits/],
    ["statement_timeout", "5000", /unsupported startup parameter: statement_timeout/],
    ["lock_timeout", "5000", /unsupported startup parameter: lock_timeout/],
    [
      "options",
      "-c lock_timeout=5s",
      isOlder(pgbouncer.version, "1.20.0")
        ? /unsupported startup parameter: options/
        : /unsupported startup parameter in options: lock_timeout/,
    ],
    ["application_name", "shop", /^works$/],
    [
      "search_path",
      "sales",
      isOlder(pgbouncer.version, "1.26.0") ? /unsupported startup parameter: search_path/ : /^works$/,
    ],
    [
      "replication",
      "database",
      isOlder(pgbouncer.version, "1.23.0") ? /unsupported startup parameter: replication/ : /^works$/,
    ],
  ];
  for (const [name, value, said] of parameters)
    it(`startup parameter ${name}: ${said.source} [pooler-refuses-startup-parameter, replication-through-pooler]`, async () => {
      const [child, port] = await startPooler("transaction");
      const opened = PostgresClient.open(port, "shop", "shop", { [name]: value });
      assert.match(await message(opened), said);
      await stop(child);
    });

  it("a startup parameter that is ignored changes nothing [pooler-refuses-startup-parameter]", async () => {
    const [child, port] = await startPooler("transaction", "ignore_startup_parameters = lock_timeout, options");
    const client = await PostgresClient.open(port, "shop", "shop", {
      lock_timeout: "5s",
      options: "-c statement_timeout=5s",
    });
    assert.equal(await cell(client, "SHOW lock_timeout"), "0");
    assert.equal(await cell(client, "SHOW statement_timeout"), "0");
    client.close();
    await stop(child);
  });

  it("session mode: a client that has the only connection keeps it [pooler-session-mode]", async () => {
    const [child, port] = await startPooler("session", "query_wait_timeout = 1", 1);
    const first = await PostgresClient.open(port, "shop", "shop");
    await first.query("SELECT 1");
    const second = PostgresClient.open(port, "shop", "shop").then((client) => client.query("SELECT 1"));
    assert.match(await message(second), /query_wait_timeout/);
    first.close();
    await stop(child);
  });

  const timeouts: readonly (readonly [what: string, settings: string, work: readonly string[], said: RegExp])[] = [
    [
      "query_timeout ends a longer query (pooler-cancels-long-queries)",
      "query_timeout = 1",
      ["SELECT pg_sleep(4)"],
      /query.timeout/,
    ],
    [
      "idle_transaction_timeout ends a forgotten transaction (pooler-keeps-idle-transactions)",
      "idle_transaction_timeout = 1",
      ["BEGIN"],
      /idle.transaction.timeout/,
    ],
  ];
  for (const [what, settings, work, said] of timeouts)
    it(what, async () => {
      const [child, port] = await startPooler("transaction", settings);
      const client = await PostgresClient.open(port, "shop", "shop");
      const all = (async () => {
        for (const sql of work) await client.query(sql);
        await delay(2500);
        await client.query("SELECT 1");
      })();
      assert.match(await message(all), said);
      client.close();
      await stop(child);
    });

  it("server_reset_query runs in transaction mode only when it always does (pooler-reset-query-unused)", async () => {
    for (const [always, seen] of [
      [0, "7s"],
      [1, "0"],
    ] as const) {
      const settings = `server_reset_query = DISCARD ALL\nserver_reset_query_always = ${always}`;
      const [child, port] = await startPooler("transaction", settings);
      const one = await PostgresClient.open(port, "shop", "shop");
      const other = await PostgresClient.open(port, "shop", "shop");
      await one.query("SET lock_timeout = '7s'");
      assert.equal(await cell(other, "SHOW lock_timeout"), seen);
      for (const client of [one, other]) client.close();
      await stop(child);
    }
  });

  it("a list of hosts is used in turn (pooler-spreads-writes)", async () => {
    const second = await startPostgres(20, "trust", { address: "127.0.0.2", port: postgres });
    assert.equal(second, postgres);
    const admin = await PostgresClient.open(second, "postgres", "postgres", {}, "127.0.0.2");
    await admin.query("CREATE ROLE shop LOGIN");
    await admin.query("CREATE DATABASE shop OWNER shop");
    admin.close();
    const port = await freePort();
    const child = await startPgbouncer(
      pgbouncer,
      `[databases]\nshop = host=127.0.0.1,127.0.0.2 port=${postgres}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = trust\nauth_file = userlist.txt\npool_mode = session\n`,
      { "userlist.txt": '"shop" ""\n' },
    );
    const clients = await Promise.all([0, 1, 2, 3].map(() => PostgresClient.open(port, "shop", "shop")));
    const servers = new Set<string>();
    for (const client of clients) servers.add(await cell(client, "SELECT inet_server_addr()"));
    for (const client of clients) client.close();
    await stop(child);
    assert.deepEqual([...servers].sort(), ["127.0.0.1", "127.0.0.2"]);
  });

  it("client 3 of max_client_conn 2 is refused [pooler-refuses-clients]", async () => {
    const [child, port] = await startPooler("transaction", "max_client_conn = 2");
    const clients = [await PostgresClient.open(port, "shop", "shop"), await PostgresClient.open(port, "shop", "shop")];
    assert.match(await message(PostgresClient.open(port, "shop", "shop")), /no more connections allowed/);
    for (const client of clients) client.close();
    await stop(child);
  });

  it("SIGTERM: before 1.23 clients are cut off, since then they are waited for and new ones refused [pooler-drops-clients-on-rollout]", async () => {
    const [child, port] = await startPooler("transaction");
    const client = await PostgresClient.open(port, "shop", "shop");
    await client.query("SELECT 1");
    child.kill("SIGTERM");
    await delay(500);
    const isWaiting = !isOlder(pgbouncer.version, "1.23.0");
    assert.equal((await message(client.query("SELECT 1"))) === "works", isWaiting);
    assert.notEqual(await message(PostgresClient.open(port, "shop", "shop")), "works");
    client.close();
    await stop(child);
  });
});
