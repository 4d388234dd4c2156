import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { needsPrograms } from "../support/real-databases.ts";

/** What pgBackRest makes of options, as pgbackrest-option-refused says it. */
describe("options of pgBackRest", () => {
  let folder = "";
  before(function () {
    needsPrograms(this, "pgbackrest");
    folder = mkdtempSync(path.join(tmpdir(), "dbops-pgbackrest-"));
  });
  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  function run(
    option: string,
    ...command: readonly string[]
  ): { readonly status: number | null; readonly said: string } {
    const file = path.join(folder, "pgbackrest.conf");
    writeFileSync(
      file,
      `[global]\nrepo1-path=${folder}\nlog-path=${folder}\nlock-path=${folder}\n${option}\n[orders]\npg1-path=${folder}\n`,
    );
    const words = [`--config=${file}`, "--stanza=orders", "--log-level-console=warn", ...command];
    const { status, stdout, stderr } = spawnSync("pgbackrest", words, { encoding: "utf8" });
    return { status, said: `${stdout}${stderr}` };
  }

  it("warns of an option that it does not have, and goes on", () => {
    const { status, said } = run("repo1-retention-ful=14", "info");
    assert.equal(status, 0);
    assert.match(said, /WARN: configuration file contains invalid option 'repo1-retention-ful'/);
  });

  it("ends with error 032 at a value that an option does not take", () => {
    const { status, said } = run("repo1-retention-full-type=days", "expire");
    assert.equal(status, 32);
    assert.match(said, /'days' is not allowed for 'repo1-retention-full-type' option/);
  });
});
