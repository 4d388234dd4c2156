import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PostgresClient } from "../support/postgres-client.ts";
import { needsPrograms, pathOf, postgresData, runBeside, subfolder, tryServer } from "../support/real-databases.ts";
import { freePort, serverFolder, serverUser, start, stop, stopServers } from "../support/real-servers.ts";

/** What the rules claim of starting, stopping and probing: done with the programs. */
describe("the life of the real servers", function () {
  this.timeout(60_000);
  after(stopServers);
  const isRoot = process.getuid?.() === 0;

  /** What a server answers to one line, and whether it took the connection at all. */
  const ask = (port: number, line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(line));
      socket.once("data", (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.once("error", reject);
    });
  const opens = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", reject);
    });

  describe("PostgreSQL", () => {
    let shared: string;
    before(function () {
      needsPrograms(this, "postgres");
      shared = postgresData();
    });
    const startsOn = async (data: string, port: number, ...settings: readonly string[]) =>
      await start(
        [
          pathOf("postgres") ?? "",
          ...["-D", data, "-p", `${port}`],
          ...["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", ...settings].flatMap((each) => [
            "-c",
            each,
          ]),
        ],
        /ready to accept connections|entering standby mode/,
        serverFolder(),
      );

    it("does not initialize a directory with lost+found (data-directory-at-mount-root)", () => {
      const mount = subfolder("data");
      mkdirSync(path.join(mount, "lost+found"));
      assert.match(runBeside("postgres", "initdb", ["-N", "-D", mount]), /exists but is not empty[\s\S]*lost\+found/);
      assert.equal(runBeside("postgres", "initdb", ["-N", "-D", path.join(mount, "pgdata")]), "");
    });

    it("does not start on files of another major version (data-directory-of-other-version)", () => {
      const data = postgresData();
      writeFileSync(path.join(data, "PG_VERSION"), "12\n");
      assert.match(tryServer("postgres", ["-D", data]).said, /database files are incompatible with server/);
    });

    it("does not start on a directory of another user, which it may even read and write (database-on-efs-access-point, data-owner-changed)", function () {
      if (!isRoot) this.skip();
      const data = postgresData();
      chownSync(data, 4321, serverUser().gid ?? 0);
      chmodSync(data, 0o770);
      assert.match(tryServer("postgres", ["-D", data]).said, /data directory "[^"]*" has wrong ownership/);
    });

    it("refuses to run as root, whatever its directory holds (start-command-skips-entrypoint)", function () {
      if (!isRoot) this.skip();
      const { status, stderr } = spawnSync(pathOf("postgres") ?? "", ["-D", shared], { encoding: "utf8" });
      assert.notEqual(status, 0);
      assert.match(stderr, /"root" execution of the PostgreSQL server is not permitted/);
    });

    it("does not start where it cannot write its socket's lock (read-only-root-stops-server)", () => {
      const { said } = tryServer("postgres", ["-D", shared, "-c", "unix_socket_directories=/proc"]);
      assert.match(said, /could not (create|open) lock file "\/proc/);
    });

    const modes: readonly (readonly [mode: number, owner: "root" | "server", said: RegExp])[] = [
      [0o644, "root", /has group or world access/],
      // It listens when it has read the key.
      [0o640, "root", /listening on Unix socket/],
      [0o600, "root", /could not load private key file.*Permission denied/],
      [0o640, "server", /has group or world access/],
      [0o600, "server", /listening on Unix socket/],
    ];
    for (const [mode, owner, said] of modes)
      it(`takes or refuses a key of ${owner} with mode ${mode.toString(8)} (tls-key-refused)`, function () {
        if (owner === "root" && !isRoot) return this.skip(); // only root can give a file away
        const folder = subfolder("tls");
        const key = path.join(folder, "tls.key");
        const certificate = path.join(folder, "tls.crt");
        execFileSync(
          "openssl",
          [
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=orders-db",
            "-keyout",
            key,
            "-out",
            certificate,
          ],
          { stdio: "pipe" },
        );
        const { uid = -1, gid = -1 } = serverUser();
        // The kubelet gives the file to fsGroup; it stays root's.
        chownSync(key, owner === "root" ? 0 : uid, gid);
        chmodSync(key, mode);
        chmodSync(certificate, 0o644);
        const result = tryServer("postgres", [
          "-D",
          shared,
          ...[
            "ssl=on",
            `ssl_key_file=${key}`,
            `ssl_cert_file=${certificate}`,
            `unix_socket_directories=${folder}`,
            "listen_addresses=",
          ].flatMap((each) => ["-c", each]),
        ]);
        assert.match(result.said, said);
      });

    it("ignores a .pgpass that others may read (password-file-ignored)", () => {
      const file = path.join(subfolder("pgpass"), ".pgpass");
      const warning = (mode: number): string => {
        writeFileSync(file, "*:*:*:*:not-shown\n");
        chmodSync(file, mode);
        return spawnSync("psql", ["-h", "127.0.0.1", "-p", "1", "-c", "SELECT 1"], {
          env: { ...process.env, PGPASSFILE: file },
          encoding: "utf8",
        }).stderr;
      };
      assert.match(warning(0o644), /password file .* has group or world access/);
      assert.match(warning(0o640), /password file .* has group or world access/);
      assert.doesNotMatch(warning(0o600), /password file/);
    });

    it("waits for open sessions at SIGTERM and ends them at SIGINT", async () => {
      const stopsAfter = async (signal: "SIGTERM" | "SIGINT"): Promise<number> => {
        const port = await freePort();
        const child = await startsOn(postgresData(), port);
        const session = await PostgresClient.open(port, "postgres", "postgres");
        const begun = Date.now();
        child.kill(signal);
        while (child.exitCode === null && Date.now() - begun < 4000) await delay(50);
        const milliseconds = Date.now() - begun;
        session.close();
        await stop(child);
        return milliseconds;
      };
      assert.ok((await stopsAfter("SIGINT")) < 3500, "fast shutdown");
      assert.ok((await stopsAfter("SIGTERM")) >= 4000, "smart shutdown waits for the session");
    });

    it("opens its port before it takes logins (tcp-readiness-during-recovery, and liveness by tcpSocket)", async () => {
      const data = postgresData();
      writeFileSync(path.join(data, "standby.signal"), "");
      const port = await freePort();
      const child = await startsOn(data, port, "hot_standby=off", "restore_command=false");
      await opens(port);
      await assert.rejects(PostgresClient.open(port, "postgres", "postgres"), /starting up|not accepting connections/);
      await stop(child);
    });
  });

  describe("Redis", () => {
    before(function () {
      needsPrograms(this, "redis-server");
    });
    const redis = async (port: number, folder: string, ...words: readonly string[]) =>
      await start(
        [pathOf("redis-server") ?? "", "--port", `${port}`, "--dir", folder, "--bind", "127.0.0.1", ...words],
        /Ready to accept connections|Server initialized/,
        folder,
      );

    it("comes back empty as primary, and its replica copies that (redis-primary-returns-empty)", async () => {
      const [primaryPort, replicaPort] = [await freePort(), await freePort()];
      const first = await redis(primaryPort, serverFolder(), "--save", "", "--repl-diskless-sync-delay", "0");
      const replica = await redis(replicaPort, serverFolder(), "--replicaof", "127.0.0.1", `${primaryPort}`);
      const size = async (port: number): Promise<string> => (await ask(port, "DBSIZE\r\n")).trim();
      const becomes = async (wanted: string): Promise<void> => {
        for (let round = 0; round < 150 && (await size(replicaPort)) !== wanted; round++) await delay(100);
        assert.equal(await size(replicaPort), wanted);
      };
      for (const key of ["cart:1", "cart:2", "cart:3"]) assert.match(await ask(primaryPort, `SET ${key} 1\r\n`), /OK/);
      await becomes(":3");
      await stop(first); // as a kernel that is short of memory does
      const second = await redis(primaryPort, serverFolder(), "--save", "", "--repl-diskless-sync-delay", "0");
      assert.equal(await size(primaryPort), ":0");
      await becomes(":0");
      for (const child of [replica, second]) await stop(child);
    });

    it("stays empty without masterauth where the primary asks for a password (redis-replica-cannot-log-in)", async () => {
      const [primaryPort, replicaPort] = [await freePort(), await freePort()];
      const primary = await redis(
        primaryPort,
        serverFolder(),
        "--requirepass",
        "hunter",
        "--repl-diskless-sync-delay",
        "0",
      );
      assert.match(await ask(primaryPort, "AUTH hunter\r\nSET cart:1 1\r\n"), /OK/);
      const replica = await redis(replicaPort, serverFolder(), "--replicaof", "127.0.0.1", `${primaryPort}`);
      await delay(3000);
      assert.equal((await ask(replicaPort, "DBSIZE\r\n")).trim(), ":0");
      assert.match(await ask(replicaPort, "INFO replication\r\n"), /master_link_status:down/);
      assert.match(await ask(replicaPort, "CONFIG SET masterauth hunter\r\n"), /OK/);
      for (let round = 0; round < 150 && (await ask(replicaPort, "DBSIZE\r\n")).trim() !== ":1"; round++)
        await delay(100);
      assert.equal((await ask(replicaPort, "DBSIZE\r\n")).trim(), ":1");
      for (const child of [replica, primary]) await stop(child);
    });

    it("opens its port while it loads (liveness by tcpSocket passes, a ping answers LOADING)", async () => {
      const folder = serverFolder();
      const port = await freePort();
      const first = await redis(port, folder, "--enable-debug-command", "yes", "--rdbcompression", "no");
      assert.match(await ask(port, "DEBUG POPULATE 20000 cart 500\r\n"), /OK/);
      assert.match(await ask(port, "SAVE\r\n"), /OK/);
      await stop(first);
      const second = await redis(port, folder, "--key-load-delay", "300");
      await opens(port);
      assert.match(await ask(port, "PING\r\n"), /LOADING/);
      await stop(second);
    });
  });

  describe("MariaDB", () => {
    before(function () {
      needsPrograms(this, "mariadbd");
    });
    const install = (data: string): void => {
      const said = runBeside("mariadbd", "../bin/mariadb-install-db", [
        "--no-defaults",
        `--datadir=${data}`,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
      ]);
      assert.equal(said, "");
    };

    it("initializes a directory with lost+found, and lists it as no database", () => {
      const data = subfolder("data");
      mkdirSync(path.join(data, "lost+found"));
      install(data);
      rmSync(path.join(data, "lost+found"), { recursive: true });
    });

    it("ignores an option file that everybody may write (configuration-file-ignored)", () => {
      const file = path.join(subfolder("conf.d"), "shop.cnf");
      writeFileSync(file, "[mysqld]\nmax_connections = 500\n");
      const said = (mode: number): string => {
        chmodSync(file, mode);
        return tryServer(
          "mariadbd",
          [`--defaults-file=${file}`, `--datadir=${serverFolder()}`, "--user=nobody-there"],
          5000,
        ).said;
      };
      assert.match(said(0o777), /World-writable config file .* is ignored/);
      assert.doesNotMatch(said(0o644), /World-writable/);
    });

    it("opens its port after crash recovery, so a tcpSocket probe waits for it (liveness-probe-kills-recovery)", async () => {
      const data = subfolder("data");
      install(data);
      const port = await freePort();
      const words = [
        "--no-defaults",
        `--datadir=${data}`,
        `--socket=${data}/s`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
      ];
      const child = await start([pathOf("mariadbd") ?? "", ...words], /ready for connections/, data);
      await stop(child); // as a kernel that is short of memory does
      const { said } = tryServer("mariadbd", words, 6000);
      // InnoDB names its position in the log when it has replayed it.
      const recovered = said.indexOf("InnoDB: log sequence number");
      assert.ok(recovered >= 0, said);
      assert.ok(said.indexOf("Server socket created") > recovered, said);
    });
  });

  it("keeps the server as a child where sh is dash, and becomes it where it is bash (server-not-told-to-stop)", async function () {
    if (!existsSync("/bin/dash") || !existsSync("/bin/bash")) return this.skip();
    const runs = async (shell: string): Promise<string> => {
      const child = spawn(shell, ["-c", "true; sleep 20"], { stdio: "ignore" });
      await delay(300);
      const line = readFileSync(`/proc/${child.pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
      if (children !== "") process.kill(Number(children), "SIGKILL");
      child.kill("SIGKILL");
      return line;
    };
    assert.equal(await runs("/bin/dash"), "/bin/dash -c true; sleep 20");
    assert.equal(await runs("/bin/bash"), "sleep 20");
  });

  it("has the programs named where CI installs them", () => {
    const run = readFileSync(new URL("../../../../.ci/run", import.meta.url), "utf8");
    for (const name of ["mariadb-server", "redis-server", "postgresql", "pgbouncer"])
      assert.ok(run.includes(name), name);
  });
});
