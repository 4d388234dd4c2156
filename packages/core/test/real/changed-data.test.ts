import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { needsPrograms, pathOf, postgresData, runBeside, subfolder, tryServer } from "../support/real-databases.ts";
import { freePort, serverFolder, start, stop } from "../support/real-servers.ts";

/** What rules of category change claim of servers that get the files of another: done with the programs. */
describe("real servers on the data of another", function () {
  this.timeout(60_000);

  it("PostgreSQL exits on the files of another major version", function () {
    needsPrograms(this, "postgres");
    const data = postgresData();
    const version = path.join(data, "PG_VERSION");
    writeFileSync(version, `${Number(readFileSync(version, "utf8")) - 1}\n`);
    const { ends, said } = tryServer("postgres", ["-D", data]);
    assert.ok(ends);
    assert.match(said, /database files are incompatible with server/);
  });

  it("MariaDB exits where its files were made with pages of another size, and not for other letter cases", function () {
    needsPrograms(this, "mariadbd");
    const folder = subfolder("mariadb");
    const words = ["--no-defaults", `--datadir=${folder}`];
    assert.equal(runBeside("mariadbd", "../bin/mariadb-install-db", words), "");
    const run = (more: string, milliseconds: number): ReturnType<typeof tryServer> =>
      tryServer("mariadbd", [...words, "--skip-networking", `--socket=${folder}/s`, more], milliseconds);
    const { ends, said } = run("--innodb-page-size=8k", 10_000);
    assert.ok(ends, said);
    assert.match(said, /innodb.page.size.*8192|page size 16384/i);
    assert.equal(run("--lower-case-table-names=1", 3000).ends, false);
  });

  it("Redis loads no dump where the append-only file is switched on, and overwrites it", async function () {
    needsPrograms(this, "redis-server");
    const folder = subfolder("append");
    const port = await freePort();
    const run = async (words: readonly string[], ...commands: readonly (readonly string[])[]): Promise<string> => {
      const server = await start(
        [pathOf("redis-server") ?? "", "--port", `${port}`, "--dir", folder, ...words],
        /Ready to accept connections/,
        serverFolder(),
      );
      const said = commands.map((command) =>
        execFileSync("redis-cli", ["-p", `${port}`, ...command], { encoding: "utf8" }).trim(),
      );
      await stop(server);
      return said.join(" ");
    };
    assert.equal(await run([], ["SET", "orders", "1"], ["SAVE"], ["DBSIZE"]), "OK OK 1");
    assert.equal(await run(["--appendonly", "yes"], ["DBSIZE"], ["SAVE"]), "0 OK");
    assert.equal(await run([], ["DBSIZE"]), "0");
  });

  it("Redis exits on a dump of a newer format", async function () {
    needsPrograms(this, "redis-server");
    const folder = subfolder("redis");
    writeFileSync(path.join(folder, "dump.rdb"), "REDIS0099\u00ff\0\0\0\0\0\0\0\0");
    const { ends, said } = tryServer("redis-server", ["--port", `${await freePort()}`, "--dir", folder]);
    assert.ok(ends);
    assert.match(said, /Can't handle RDB format version 99/);
  });
});
