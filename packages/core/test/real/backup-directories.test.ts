import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmdirSync } from "node:fs";
import path from "node:path";
import { needsPrograms, pathOf, runBeside } from "../support/real-databases.ts";
import {
  freePort,
  postgresPrograms,
  serverFolder,
  serverUser,
  start,
  startPostgres,
  stopServers,
} from "../support/real-servers.ts";

interface Ended {
  readonly status: number | null;
  readonly said: string;
}

function run(program: string, words: readonly string[], cwd: string): Ended {
  const { status, stdout, stderr } = spawnSync(program, words, {
    ...serverUser(),
    cwd,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, said: `${stdout}${stderr}` };
}

/** What the ledger says of programs that write directories: they copy a PostgreSQL and a MariaDB of the test's own. */
describe("backups in a directory", function () {
  this.timeout(120_000);
  after(stopServers);

  describe("of PostgreSQL", () => {
    let port = 0;
    before(async function () {
      needsPrograms(this, "postgres");
      port = await startPostgres(20);
    });

    for (const [program, words] of [
      ["pg_basebackup", ["-c", "fast", "-D"]],
      ["pg_basebackup", ["-c", "fast", "-Ft", "-z", "-D"]],
      ["pg_dump", ["-Fd", "-d", "postgres", "-f"]],
    ] as const)
      it(`${program} ${words.join(" ")}: a second one into the same directory is refused`, () => {
        const home = serverFolder();
        const once = (): Ended =>
          run(
            `${postgresPrograms()}/${program}`,
            ["-h", "127.0.0.1", "-p", `${port}`, "-U", "postgres", ...words, `${home}/copy`],
            home,
          );
        const [first, second] = [once(), once()];
        assert.equal(first.status, 0, first.said);
        assert.equal(second.status, 1);
        assert.match(second.said, /exists but is not empty|directory .* File exists|is not empty/);
      });
  });

  describe("of MariaDB", () => {
    let home = "";
    let data = "";
    let port = 0;
    before(async function () {
      needsPrograms(this, "mariadbd", "mariadb-backup");
      home = serverFolder();
      data = path.join(home, "data");
      runBeside("mariadbd", "../bin/mariadb-install-db", [
        `--datadir=${data}`,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
      ]);
      port = await freePort();
      await start(
        [
          pathOf("mariadbd") ?? "",
          ...["--no-defaults", `--datadir=${data}`, `--socket=${home}/s`, `--port=${port}`],
          ...["--bind-address=127.0.0.1", `--pid-file=${home}/pid`],
        ],
        /ready for connections/,
        home,
      );
      const made = run(
        "mariadb",
        [
          "--no-defaults",
          "-uroot",
          `-S${home}/s`,
          "-e",
          "CREATE DATABASE shop; CREATE TABLE shop.t (i INT); INSERT INTO shop.t VALUES (7); CREATE DATABASE other; CREATE TABLE other.t (i INT)",
        ],
        home,
      );
      assert.equal(made.status, 0, made.said);
    });

    const backup = (...words: readonly string[]): Ended =>
      run(
        "mariadb-backup",
        ["--no-defaults", "--backup", "--user=root", "--host=127.0.0.1", `--port=${port}`, ...words],
        home,
      );

    it("a second one into the same directory is refused", () => {
      const [first, second] = [backup(`--target-dir=${home}/full`), backup(`--target-dir=${home}/full`)];
      assert.equal(first.status, 0, first.said);
      assert.equal(second.status, 1);
      assert.match(second.said, /File exists/);
    });

    it("without the server's files there is none, whether their directory is missing or empty", () => {
      renameSync(data, `${data}-elsewhere`);
      try {
        const missing = backup(`--target-dir=${home}/a`);
        assert.equal(missing.status, 1);
        assert.match(missing.said, /Can't change dir/);
        mkdirSync(data, { mode: 0o755 });
        const empty = backup(`--target-dir=${home}/b`);
        assert.equal(empty.status, 1);
        assert.match(empty.said, /ib_logfile0 was not found/);
        rmdirSync(data);
      } finally {
        renameSync(`${data}-elsewhere`, data);
      }
    });

    it("streams as xbstream and not as tar", () => {
      const refused = backup("--stream=tar", `--target-dir=${home}/c`);
      assert.equal(refused.status, 1);
      assert.match(refused.said, /Invalid --stream argument: tar/);
      const { status, said } = run(
        "sh",
        [
          "-c",
          `mkdir x && mariadb-backup --no-defaults --backup --user=root --host=127.0.0.1 --port=${port} --stream=xbstream --target-dir=${home}/d 2>log | mbstream -x -C x`,
        ],
        home,
      );
      assert.equal(status, 0, said);
      assert.ok(readdirSync(path.join(home, "x")).includes("shop"));
    });

    it("takes with --databases what it names, and can be restored after --prepare", async () => {
      const taken = backup("--databases=shop", `--target-dir=${home}/part`);
      assert.equal(taken.status, 0, taken.said);
      const names = readdirSync(path.join(home, "part"));
      assert.deepEqual([names.includes("shop"), names.includes("other")], [true, false]);
      assert.equal(backup(`--target-dir=${home}/whole`).status, 0);
      for (const words of [["--prepare"], ["--copy-back", `--datadir=${home}/restored`]]) {
        const { status, said } = run("mariadb-backup", ["--no-defaults", ...words, `--target-dir=${home}/whole`], home);
        assert.equal(status, 0, said);
      }
      await start(
        [
          pathOf("mariadbd") ?? "",
          ...["--no-defaults", `--datadir=${home}/restored`, `--socket=${home}/r`, "--skip-networking"],
          `--pid-file=${home}/restored.pid`,
        ],
        /ready for connections/,
        home,
      );
      const rows = run("mariadb", ["--no-defaults", "-uroot", `-S${home}/r`, "-BNe", "SELECT i FROM shop.t"], home);
      assert.equal(rows.said.trim(), "7");
    });

    it("an increment alone cannot be prepared", () => {
      assert.equal(backup(`--target-dir=${home}/base`).status, 0);
      const taken = backup(`--target-dir=${home}/increment`, `--incremental-basedir=${home}/base`);
      assert.equal(taken.status, 0, taken.said);
      const { status, said } = run(
        "mariadb-backup",
        ["--no-defaults", "--prepare", `--target-dir=${home}/increment`],
        home,
      );
      assert.notEqual(status, 0);
      assert.match(said, /does not have correct metadata/);
    });
  });
});
