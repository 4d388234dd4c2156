import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PostgresClient } from "../support/postgres-client.ts";
import { needsServers, postgresPrograms, serverFolder, startPostgres, stopServers } from "../support/real-servers.ts";

/** What the backup rules say is lost, seen to be lost: with real shells, pg_dump and PostgreSQL. */
describe("backups against the real programs", function () {
  this.timeout(60_000);
  let port = 0;
  let client: PostgresClient;
  before(async function () {
    needsServers(this);
    port = await startPostgres(20, "trust", undefined, ["archive_mode=on"]);
    client = await PostgresClient.open(port, "postgres", "postgres");
    await client.query("CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id");
  });
  after(async () => {
    client?.close();
    await stopServers();
  });

  /** Runs a script as a Job would; `$FROM` are the options that reach the server. */
  function run(
    shell: string,
    script: string,
    folder: string,
  ): { readonly status: number | null; readonly said: string } {
    const { status, stdout, stderr } = spawnSync(shell, ["-c", script], {
      encoding: "utf8",
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: `${postgresPrograms()}:/usr/bin:/bin`, PGHOST: "127.0.0.1", PGPORT: `${port}`, PGUSER: "postgres" },
    });
    return { status, said: `${stdout}${stderr}` };
  }

  for (const shell of ["dash", "bash"])
    describe(shell, () => {
      it("ends well when pg_dump failed in front of a pipe, and leaves an archive of nothing", () => {
        const folder = serverFolder();
        const { status } = run(shell, "set -e; pg_dump no_such_database | gzip > orders.sql.gz", folder);
        assert.equal(status, 0);
        assert.equal(statSync(path.join(folder, "orders.sql.gz")).size, 20);
      });

      it("empties the only copy when the next dump fails", () => {
        const folder = serverFolder();
        assert.equal(run(shell, "pg_dump postgres > orders.sql", folder).status, 0);
        assert.ok(statSync(path.join(folder, "orders.sql")).size > 1000);
        assert.notEqual(run(shell, "set -e; pg_dump no_such_database > orders.sql", folder).status, 0);
        assert.equal(statSync(path.join(folder, "orders.sql")).size, 0);
      });

      it("has nothing left when the old dump is deleted before a dump that fails", () => {
        const folder = serverFolder();
        writeFileSync(path.join(folder, "old.sql"), "SELECT 1;\n");
        assert.notEqual(run(shell, "set -e; rm -f *.sql; pg_dump -f new.sql no_such_database", folder).status, 0);
        assert.equal(run(shell, "ls", folder).said, "");
      });

      it("ends well when the upload failed and something else comes last", () => {
        const folder = serverFolder();
        const script = "pg_dump -Fc -f orders.dump postgres && no-such-uploader cp orders.dump s3://shop/; echo done";
        assert.equal(run(shell, script, folder).status, 0);
        assert.notEqual(run(shell, `set -e; ${script.replace(" && ", "; ")}`, folder).status, 0);
      });
    });

  it("fails with pipefail, and the fixed script restores", () => {
    const folder = serverFolder();
    assert.notEqual(run("bash", "set -eo pipefail; pg_dump no_such_database | gzip > orders.sql.gz", folder).status, 0);
    const script =
      "set -e; pg_dump -Fc -f orders.dump postgres; createdb restored; pg_restore -d restored orders.dump; psql -At -d restored -c 'SELECT count(*) FROM orders'";
    assert.deepEqual(run("bash", script, folder), { status: 0, said: "1000\n" });
  });

  describe("archive_command", () => {
    const setCommand = async (command: string): Promise<void> => {
      await client.query(`ALTER SYSTEM SET archive_command = '${command.replaceAll("'", "''")}'`);
      await client.query("SELECT pg_reload_conf()");
      await client.query("SELECT pg_stat_reset_shared('archiver')");
    };
    /** Finishes a segment and waits until the archiver has tried. */
    const archived = async (isDone: string): Promise<readonly (string | null)[]> => {
      await client.query("CREATE TABLE IF NOT EXISTS noise (id int)");
      await client.query("INSERT INTO noise VALUES (1)");
      await client.query("SELECT pg_switch_wal()");
      for (let tries = 0; tries < 100; tries++) {
        const [row = []] = await client.query(
          `SELECT archived_count, failed_count, (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'), ${isDone} FROM pg_stat_archiver`,
        );
        if (row[3] === "t") return row;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error("the archiver did nothing");
    };

    it("that succeeds although the copy failed: the server counts the segment as archived and keeps it no longer", async () => {
      const folder = serverFolder();
      const target = path.join(folder, "missing");
      await setCommand(`cp %p ${target}/%f || true`);
      const [done, failed, waiting] = await archived("archived_count > 0");
      assert.ok(Number(done) > 0);
      assert.deepEqual([failed, waiting, existsSync(target)], ["0", "0", false]);
    });

    it("that fails: the segment waits", async () => {
      await setCommand("cp %p /no/such/folder/%f");
      const [done, failed, waiting] = await archived("failed_count > 0");
      assert.deepEqual([done, Number(failed) > 0, Number(waiting) > 0], ["0", true, true]);
    });

    it("that is empty: segments pile up, and nothing fails", async () => {
      await setCommand("");
      const [done, failed, waiting] = await archived(
        "(SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready') > 1",
      );
      assert.deepEqual([done, failed, Number(waiting) > 1], ["0", "0", true]);
    });
  });

  it("a dump of one database has no roles", () => {
    const folder = serverFolder();
    assert.equal(run("bash", "createuser shop; pg_dump -f all.sql postgres", folder).status, 0);
    assert.doesNotMatch(readFileSync(path.join(folder, "all.sql"), "utf8"), /CREATE ROLE/);
  });
});
