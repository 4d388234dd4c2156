import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parse, parseAllDocuments } from "yaml";
import { needsPrograms } from "../../packages/core/test/support/real-databases.ts";
import {
  freePort,
  needsServers,
  postgresPrograms,
  serverFolder,
  serverUser,
  startPostgres,
  stopServers,
} from "../../packages/core/test/support/real-servers.ts";
import { expand } from "../../packages/kubectl-dbops/src/snippet.ts";
import { readSnippets } from "../generators/snippets.ts";
import { skipWithout } from "./support/folders.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** The script of a snippet's Job or CronJob, its working directory moved to a folder of the test. */
function scriptOf(name: string, folder: string): string {
  const snippet = readSnippets(root).find((each) => each.name === name)!;
  const objects = parseAllDocuments(expand(snippet)).map((document) => document.toJS());
  const job = objects.find(({ kind }) => kind === "CronJob" || kind === "Job");
  const { template } = job.kind === "Job" ? job.spec : job.spec.jobTemplate.spec;
  const [container] = template.spec.containers;
  return String(container.command.at(-1)).replaceAll("/work", folder).replaceAll("/copy/18/docker", `${folder}/copy`);
}

/** What a program of a folder of scripts says. */
function program(folder: string, name: string, script: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, name), 0o755);
}

interface Run {
  readonly status: number | null;
  readonly said: string;
}

/** Restore tests as they are written out, with real servers: what cannot be restored, or restores to nothing, fails the Job. */
describe("snippets of restore tests", function () {
  this.timeout(60_000);
  after(stopServers);

  /** Runs the script with an `aws` that copies the dump given. */
  async function run(name: string, dump: Buffer, stop: (folder: string, env: NodeJS.ProcessEnv) => void): Promise<Run> {
    const folder = serverFolder();
    const programs = path.join(folder, "programs");
    mkdirSync(programs);
    writeFileSync(path.join(folder, "bucket"), dump, { mode: 0o644 });
    writeFileSync(path.join(programs, "aws"), `#!/bin/sh\ncp ${folder}/bucket "$4"\n`);
    chmodSync(path.join(programs, "aws"), 0o755);
    const env = {
      PATH: `${programs}:${postgresPrograms()}:/usr/sbin:/usr/bin:/bin`,
      PGPORT: String(await freePort()),
      PGHOST: folder,
      HOME: folder,
    };
    const script = scriptOf(name, folder)
      .replace("initdb ", "initdb --no-sync ")
      .replace("--wait start", `--wait --options "-k ${folder} -c listen_addresses=" --log ${folder}/log start`)
      // What runs on after a failure ends with the Pod; here it would keep the output open.
      .replace("--skip-networking &", `--skip-networking > ${folder}/log 2>&1 &`);
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
      ...serverUser(),
      cwd: folder,
      encoding: "utf8",
      env,
      timeout: 40_000,
    });
    stop(folder, env);
    return { status, said: `${stdout}${stderr}` };
  }

  describe("db-restore-test", () => {
    let port = 0;
    before(async function () {
      needsServers(this);
      port = await startPostgres(10, "trust");
    });
    const stop = (folder: string, env: NodeJS.ProcessEnv): void => {
      spawnSync("pg_ctl", ["--pgdata", `${folder}/pgdata`, "--mode", "immediate", "stop"], { ...serverUser(), env });
    };
    /** A dump of one table. */
    function dumpOf(rows: number): Buffer {
      const env = { PATH: `${postgresPrograms()}:/usr/bin:/bin`, PGHOST: "127.0.0.1", PGPORT: String(port) };
      const make = `DROP TABLE IF EXISTS orders; CREATE TABLE orders AS SELECT generate_series(1, ${rows}) AS id`;
      const script = `psql -U postgres -c '${make}' postgres >&2 && pg_dump -U postgres -Fc postgres`;
      const { stdout, stderr } = spawnSync("sh", ["-c", script], { env });
      assert.ok(stdout.length > 0, stderr.toString());
      return stdout;
    }

    it("passes when the table has rows again", async () => {
      const { status, said } = await run("db-restore-test", dumpOf(1000), stop);
      assert.match(said, /orders has 1000 rows/);
      assert.equal(status, 0);
    });

    it("fails when it is empty, or the dump is cut off", async () => {
      const { status, said } = await run("db-restore-test", dumpOf(0), stop);
      assert.match(said, /orders has 0 rows/);
      assert.notEqual(status, 0);
      const whole = dumpOf(100_000);
      assert.notEqual((await run("db-restore-test", whole.subarray(0, whole.length / 2), stop)).status, 0);
    });
  });

  describe("db-restore-test-mariadb", () => {
    before(function () {
      needsServers(this);
      if (existsSync("/usr/sbin/mariadbd") && existsSync("/usr/bin/mariadb-install-db")) return;
      skipWithout(this, "a MariaDB server", "Debian's package is mariadb-server");
    });
    const stop = (folder: string): void => {
      const words = ["--no-defaults", "--socket", `${folder}/server.sock`, "--user", "root", "shutdown"];
      spawnSync("mariadb-admin", words, serverUser());
    };
    const sql = (rows: string): Buffer =>
      gzipSync(`CREATE TABLE orders (id int PRIMARY KEY) ENGINE=InnoDB;\n${rows}\n-- Dump completed\n`);

    it("passes when the table has rows again, and fails when the archive is cut off", async () => {
      const whole = sql("INSERT INTO orders VALUES (1), (2), (3);");
      const { status, said } = await run("db-restore-test-mariadb", whole, stop);
      assert.match(said, /orders has 3 rows/);
      assert.equal(status, 0);
      assert.notEqual((await run("db-restore-test-mariadb", whole.subarray(0, whole.length - 12), stop)).status, 0);
    });
  });

  /** Runs a script as the servers' user, and ends what it has left behind. */
  function runScript(script: string, folder: string, env: NodeJS.ProcessEnv, data: string): Run {
    const options = { ...serverUser(), cwd: folder, encoding: "utf8", env, timeout: 50_000 } as const;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], options);
    spawnSync("pg_ctl", ["--pgdata", data, "--mode", "immediate", "stop"], options);
    return { status, said: `${stdout}${stderr}` };
  }

  /** A PostgreSQL whose data directory is known, with one table of so many rows; `use` runs while it serves. */
  function withServer(rows: number, settings: string, use: (folder: string, env: NodeJS.ProcessEnv) => void): string {
    const folder = serverFolder();
    const env = {
      PATH: `${postgresPrograms()}:/usr/bin:/bin`,
      PGHOST: folder,
      PGPORT: "5432",
      PGUSER: "postgres",
      HOME: folder,
    };
    const script = `set -e
initdb --no-sync -A trust -U postgres --pgdata ${folder}/data
printf '%s\\n' "unix_socket_directories = '${folder}'" "listen_addresses = ''" ${settings} >> ${folder}/data/postgresql.conf
pg_ctl --pgdata ${folder}/data --log ${folder}/log --wait start
createdb orders
psql -c 'CREATE TABLE orders AS SELECT generate_series(1, ${rows}) AS id' orders
psql -c CHECKPOINT orders`;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
      ...serverUser(),
      cwd: folder,
      encoding: "utf8",
      env,
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
    try {
      use(folder, env);
    } finally {
      spawnSync("pg_ctl", ["--pgdata", `${folder}/data`, "--mode", "immediate", "stop"], { ...serverUser(), env });
    }
    return folder;
  }

  describe("db-restore-test-pgbackrest", function () {
    this.timeout(180_000);
    before(function () {
      needsServers(this);
      needsPrograms(this, "pgbackrest");
    });

    /** A repository with one backup, restored by the snippet. */
    function restore(rows: number, spoil: (repository: string) => void = () => undefined): Run {
      const pgbackrest = (folder: string): string => `pgbackrest --config=${folder}/pgbackrest.conf --stanza=orders`;
      const home = serverFolder();
      const source = withServer(
        rows,
        `"archive_mode = on" "archive_command = '${pgbackrest(home)} archive-push %p'" "wal_level = replica"`,
        (folder, env) => {
          const conf = `[global]\nrepo1-path=${home}/repo\nlog-path=${home}\nlock-path=${home}\nspool-path=${home}\nrepo1-retention-full=2\nstart-fast=y\n[orders]\npg1-path=${folder}/data\npg1-socket-path=${folder}\npg1-user=postgres\n`;
          writeFileSync(path.join(home, "pgbackrest.conf"), conf, { mode: 0o644 });
          for (const verb of ["stanza-create", "backup"]) {
            const { status, stdout, stderr } = spawnSync("bash", ["-c", `${pgbackrest(home)} ${verb}`], {
              ...serverUser(),
              cwd: folder,
              encoding: "utf8",
              env,
            });
            assert.equal(status, 0, `${stdout}${stderr}`);
          }
        },
      );
      assert.ok(existsSync(path.join(source, "data")));
      spoil(`${home}/repo`);
      const folder = serverFolder();
      const env = {
        PATH: `${postgresPrograms()}:/usr/bin:/bin`,
        PGHOST: folder,
        PGUSER: "postgres",
        HOME: folder,
        PGBACKREST_CONFIG: `${home}/pgbackrest.conf`,
      };
      const script = scriptOf("db-restore-test-pgbackrest", folder).replace(
        "--timeout 7200 start",
        `--timeout 30 --options "-k ${folder}" --log ${folder}/log start`,
      );
      return runScript(script, folder, env, `${folder}/pgdata`);
    }

    it("passes when the table has rows again", () => {
      const { status, said } = restore(1000);
      assert.match(said, /orders has 1000 rows/);
      assert.equal(status, 0, said);
    });

    it("fails when it is empty, or the archive lacks the WAL of the backup", () => {
      const { status, said } = restore(0);
      assert.match(said, /orders has 0 rows/);
      assert.notEqual(status, 0);
      const without = restore(1000, (repository) => {
        for (const { name, parentPath } of readdirSync(`${repository}/archive`, {
          recursive: true,
          withFileTypes: true,
        }))
          if (/^[0-9A-F]{24}-/.test(name)) rmSync(path.join(parentPath, name));
      });
      assert.notEqual(without.status, 0, without.said);
    });
  });

  describe("db-restore-test-snapshot", () => {
    before(function () {
      needsServers(this);
    });

    /** The files of a server that was not stopped, its lock among them. */
    function check(rows: number, spoil: (copy: string) => void = () => undefined): Run {
      const folder = serverFolder();
      withServer(rows, "", (from, env) => {
        const { status, stderr } = spawnSync("cp", ["-a", `${from}/data`, `${folder}/copy`], { ...serverUser(), env });
        assert.equal(status, 0, stderr.toString());
      });
      assert.ok(existsSync(`${folder}/copy/postmaster.pid`));
      spoil(`${folder}/copy`);
      const script = scriptOf("db-restore-test-snapshot", folder)
        .replaceAll("/tmp", folder)
        .replaceAll(`${folder}/dbops-real`, "/tmp/dbops-real")
        .replace("--timeout 7200 start", `--timeout 30 --log ${folder}/log start`);
      const env = { PATH: `${postgresPrograms()}:/usr/bin:/bin`, HOME: folder };
      return runScript(script, folder, env, `${folder}/copy`);
    }

    it("passes when the table has rows, and fails when it is empty or the copy does not start", () => {
      const { status, said } = check(1000);
      assert.match(said, /orders has 1000 rows/);
      assert.equal(status, 0, said);
      assert.notEqual(check(0).status, 0);
      assert.notEqual(check(1000, (copy) => rmSync(`${copy}/global/pg_control`)).status, 0);
    });
  });

  describe("db-restore-test-cloudnative-pg", () => {
    let port = 0;
    before(async function () {
      needsServers(this);
      port = await startPostgres(10, "trust");
    });

    /** Runs it with a kubectl that writes down what it is told, and a PostgreSQL as the recovered Cluster. */
    function check(rows: number, isReady = true): Run & { readonly calls: string } {
      const folder = serverFolder();
      const uri = `postgresql://postgres@127.0.0.1:${port}/postgres`;
      const make = `DROP TABLE IF EXISTS orders; CREATE TABLE orders AS SELECT generate_series(1, ${rows}) AS id`;
      const bin = `${postgresPrograms()}:/usr/bin:/bin`;
      spawnSync("psql", ["-c", make, uri], { env: { PATH: bin } });
      program(
        folder,
        "kubectl",
        `echo "$@" >> ${folder}/calls
case "$1" in
  apply) cat > ${folder}/applied;;
  wait) exit ${isReady ? 0 : 1};;
  get) printf %s ${Buffer.from(uri).toString("base64")};;
esac`,
      );
      const env = { PATH: `${folder}:${bin}`, HOME: folder };
      const run = runScript(scriptOf("db-restore-test-cloudnative-pg", folder), folder, env, folder);
      const { kind, spec } = parse(readFileSync(path.join(folder, "applied"), "utf8"));
      assert.deepEqual(
        [kind, spec.bootstrap.recovery.source, spec.backup, spec.plugins],
        ["Cluster", "orders", undefined, undefined],
      );
      return { ...run, calls: readFileSync(path.join(folder, "calls"), "utf8") };
    }

    it("passes with rows, fails without or when the Cluster does not become ready, and deletes it each time", () => {
      const passed = check(1000);
      assert.match(passed.said, /orders has 1000 rows/);
      assert.equal(passed.status, 0, passed.said);
      const failed = [check(0), check(1000, false)];
      for (const { status } of failed) assert.notEqual(status, 0);
      for (const { calls } of [passed, ...failed])
        assert.match(calls, /^delete cluster\.postgresql\.cnpg\.io orders-restore-test --ignore-not-found$/m);
    });
  });
});
