import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parse } from "yaml";
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

/** The script of a snippet's CronJob, its working directory moved to a folder of the test. */
function scriptOf(name: string, folder: string): string {
  const snippet = readSnippets(root).find((each) => each.name === name)!;
  const job = parse(expand(snippet));
  const [container] = job.spec.jobTemplate.spec.template.spec.containers;
  return String(container.command.at(-1)).replaceAll("/work", folder);
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
});
