import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PostgresClient } from "../support/postgres-client.ts";
import {
  describePgbouncers,
  freePort,
  needsServers,
  serverFolder,
  serverUser,
  startPgbouncer,
  stop,
  stopServers,
} from "../support/real-servers.ts";

/** What rules say about a PgBouncer that loads its file and does not work: done with the program. */
describePgbouncers("a PgBouncer that loads its file", function (pgbouncer) {
  this.timeout(30_000);
  before(function () {
    needsServers(this);
  });
  after(stopServers);

  const ini = (port: number, settings: string): string =>
    `[databases]\norders = host=127.0.0.1 port=1\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\n${settings}\n`;

  /** What a client hears that asks for the database. */
  const answerTo = async (database: string, settings: string): Promise<string> => {
    const port = await freePort();
    const child = await startPgbouncer(pgbouncer, ini(port, settings), { "userlist.txt": '"shop" ""\n' });
    try {
      const client = await PostgresClient.open(port, "shop", database);
      client.close();
      return "welcome";
    } catch (error) {
      return (error as Error).message;
    } finally {
      await stop(child);
    }
  };

  it("does not start with TLS for clients and no key (pooler-tls-incomplete)", async () => {
    const port = await freePort();
    await assert.rejects(
      startPgbouncer(pgbouncer, ini(port, "auth_type = trust\nclient_tls_sslmode = require")),
      /TLS setup failed/,
    );
  });

  it("starts with TLS switched off (the quiet neighbour)", async () => {
    const port = await freePort();
    await stop(await startPgbouncer(pgbouncer, ini(port, "auth_type = trust\nclient_tls_sslmode = disable")));
  });

  it("refuses everybody without a list of users (pooler-knows-no-users)", async () => {
    assert.match(await answerTo("orders", "auth_type = trust"), /no such user|authentication failed/);
  });

  it("knows the databases that are written, and no other (pooler-database-unknown)", async () => {
    assert.match(await answerTo("billing", "auth_type = trust\nauth_file = userlist.txt"), /no such database: billing/);
  });

  it("lets anybody into its console with auth_type any (pooler-accepts-anyone)", async () => {
    assert.equal(await answerTo("pgbouncer", "auth_type = any"), "welcome");
  });

  it("listens nowhere on the network without listen_addr (pooler-listens-on-no-address)", async () => {
    await assert.rejects(
      startPgbouncer(
        pgbouncer,
        "[databases]\norders = host=127.0.0.1\n[pgbouncer]\nunix_socket_dir =\nauth_type = any\n",
      ),
      /nowhere to listen on/,
    );
  });

  it("goes on with a section in an included file, and behind it (the reader follows includes)", async () => {
    const port = await freePort();
    const main = `[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\n%include pools.ini\n%include databases.ini\nbilling = host=127.0.0.1 user=shop\n`;
    const child = await startPgbouncer(pgbouncer, main, {
      "pools.ini": "default_pool_size = 33\n",
      "databases.ini": "[databases]\norders = host=127.0.0.1 user=shop\n",
    });
    const admin = await PostgresClient.open(port, "shop", "pgbouncer");
    const config = new Map((await admin.query("SHOW CONFIG")).map(([name = "", value = ""]) => [name, value]));
    const databases = (await admin.query("SHOW DATABASES")).map(([name]) => name);
    admin.close();
    await stop(child);
    assert.equal(config.get("default_pool_size"), "33");
    assert.deepEqual(databases.sort(), ["billing", "orders", "pgbouncer"]);
  });

  it("forgets an included file behind a second header, as operators write it (pooler-file-lost-to-operator)", async () => {
    const port = await freePort();
    const own = ini(port, "auth_type = any").replace("[databases]\norders = host=127.0.0.1 port=1\n", "");
    const child = await startPgbouncer(pgbouncer, `[pgbouncer]\n%include pools.ini\n\n${own}`, {
      "pools.ini": "[pgbouncer]\nmax_client_conn = 500\n[databases]\norders = host=127.0.0.1 user=shop\n",
    });
    const admin = await PostgresClient.open(port, "shop", "pgbouncer");
    const config = new Map((await admin.query("SHOW CONFIG")).map(([name = "", value = ""]) => [name, value]));
    const databases = (await admin.query("SHOW DATABASES")).map(([name]) => name);
    admin.close();
    await stop(child);
    assert.equal(config.get("max_client_conn"), "100");
    assert.ok(databases.includes("orders"));
  });

  it("does not start without a file that it includes (pooler-file-missing)", async () => {
    const port = await freePort();
    await assert.rejects(
      startPgbouncer(pgbouncer, `%include elsewhere.ini\n${ini(port, "auth_type = any")}`),
      /include/,
    );
  });

  it("does not start where it cannot write its pidfile or log (pooler-path-read-only)", async () => {
    for (const setting of ["pidfile", "logfile"]) {
      const port = await freePort();
      const started = startPgbouncer(pgbouncer, ini(port, `auth_type = any\n${setting} = /proc/pgbouncer`));
      await assert.rejects(started, /could not open pidfile|Cannot open logfile/i);
    }
  });

  it("does not start as root (pooler-runs-as-root)", function () {
    if (process.getuid?.() !== 0) {
      console.log("      SKIPPED: only root can try it");
      this.skip();
    }
    const folder = mkdtempSync(path.join(tmpdir(), "dbops-root-"));
    const file = path.join(folder, "pgbouncer.ini");
    writeFileSync(file, ini(1, "auth_type = any"));
    const { stdout, stderr, status } = spawnSync(pgbouncer.program, [file], { encoding: "utf8", timeout: 5000 });
    rmSync(folder, { recursive: true });
    assert.notEqual(status, 0);
    assert.match(`${stdout}${stderr}`, /should not run as root/);
  });

  it("refuses a port that a service link wrote (pooler-port-from-service-link)", async () => {
    const text = ini(1, "auth_type = any").replace("listen_port = 1", "listen_port = tcp://10.0.0.1:6432");
    await assert.rejects(startPgbouncer(pgbouncer, text), /invalid value "tcp:/);
  });

  it("says how many file descriptors it expects, and does not raise the limit (pooler-needs-file-descriptors)", async () => {
    const port = await freePort();
    const folder = serverFolder();
    const file = path.join(folder, "pgbouncer.ini");
    writeFileSync(file, ini(port, "auth_type = any\nmax_client_conn = 5000"), { mode: 0o644 });
    const { status, stdout, stderr } = spawnSync(
      "sh",
      ["-c", `ulimit -Sn 1024; exec timeout 2 "${pgbouncer.program}" "${file}"`],
      { ...serverUser(), cwd: folder, encoding: "utf8" },
    );
    assert.equal(status, 124);
    assert.match(`${stdout}${stderr}`, /file descriptor limit: 1024 .*max expected fd use: 50\d\d/);
  });
});
