import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { needsPrograms } from "../support/real-databases.ts";
import { postgresPrograms, serverFolder, serverUser, startPostgres, stopServers } from "../support/real-servers.ts";

/** What barman-retention-policy and the ledger say of Barman: it backs up a PostgreSQL of the test's own. */
describe("retention policies of Barman", function () {
  this.timeout(120_000);
  let home = "";
  before(async function () {
    needsPrograms(this, "barman", "postgres");
    home = serverFolder();
    const incoming = path.join(home, "orders", "incoming");
    const port = await startPostgres(20, "trust", undefined, [
      "archive_mode=on",
      `archive_command=mkdir -p ${incoming} && cp %p ${incoming}/%f`,
    ]);
    server = (policy) => `[orders]
description = orders
conninfo = host=127.0.0.1 port=${port} user=postgres dbname=postgres
streaming_conninfo = host=127.0.0.1 port=${port} user=postgres
backup_method = postgres
archiver = on
path_prefix = ${postgresPrograms()}
${policy}
`;
  });
  after(stopServers);

  let server: (policy: string) => string;

  function barman(
    policy: string,
    ...words: readonly string[]
  ): { readonly status: number | null; readonly said: string } {
    const file = path.join(home, "barman.conf");
    const user = spawnSync("id", ["-un", `${serverUser().uid ?? process.getuid?.() ?? 0}`], {
      encoding: "utf8",
    }).stdout.trim();
    writeFileSync(
      file,
      `[barman]\nbarman_home = ${home}\nbarman_user = ${user}\nlog_file = ${home}/log\nconfiguration_files_directory = ${home}/none\n${server(policy)}`,
      { mode: 0o644 },
    );
    const { status, stdout, stderr } = spawnSync("barman", ["-c", file, ...words], {
      ...serverUser(),
      cwd: home,
      encoding: "utf8",
      timeout: 60_000,
      env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8" },
    });
    return { status, said: `${stdout}${stderr}` };
  }

  it("keeps every backup without one, and deletes what is beyond one that it has", () => {
    const count = (policy: string): number =>
      barman(policy, "list-backups", "orders", "--minimal").said.trim().split("\n").length;
    assert.match(
      barman("", "switch-wal", "--force", "--archive", "--archive-timeout", "30", "orders").said,
      /has been closed/,
    );
    for (let run = 0; run < 3; run++) {
      const { status, said } = barman("", "backup", "--wait", "orders");
      assert.equal(status, 0, said);
    }
    barman("", "cron");
    assert.equal(count(""), 3);
    barman("retention_policy = REDUNDANCY 1", "cron");
    assert.equal(count("retention_policy = REDUNDANCY 1"), 1);
  });

  it("refuses each backup with one that it cannot read", () => {
    const { status, said } = barman("retention_policy = 14 days", "backup", "orders");
    assert.notEqual(status, 0);
    assert.match(said, /Impossible to start the backup/);
  });
});
