import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, folderOf, launcher } from "./support/client.ts";
import { client, database, dump, service } from "./support/manifests.ts";

const page = readFileSync(new URL("../../../docs/editors.md", import.meta.url), "utf8");
/** What the page tells people to write into their init.lua. */
const setUp = /<!-- neovim -->\n```lua\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const script = fileURLToPath(new URL("neovim.lua", import.meta.url));

interface Seen {
  readonly error?: string;
  readonly diagnostic?: { readonly line: number; readonly source: string; readonly message: string };
  readonly edited?: string;
  readonly hover?: readonly string[];
  readonly definition?: readonly { readonly file: string; readonly text: string }[];
}

describe("in Neovim, set up as docs/editors.md says", function () {
  this.timeout(120_000);
  let seen: Seen = {};
  before(function () {
    if (spawnSync("nvim", ["--version"]).status !== 0) {
      assert.notEqual(process.env.CI, "true", "CI has Neovim");
      this.skip();
    }
    build();
    const folder = folderOf({ "dump.yaml": dump, "shop.yaml": client, "service.yaml": service, "db.yaml": database });
    const home = folderOf({ "init.lua": setUp });
    symlinkSync(launcher, path.join(home, "kubectl-dbops"));
    const result = path.join(home, "seen.json");
    writeFileSync(result, "{}");
    const { stderr } = spawnSync("nvim", ["--headless", "-u", path.join(home, "init.lua"), "-S", script], {
      cwd: folder,
      encoding: "utf8",
      timeout: 100_000,
      env: {
        ...process.env,
        PATH: `${home}${path.delimiter}${process.env.PATH}`,
        DBOPS_SEEN: result,
        HOME: home,
        XDG_STATE_HOME: home,
        XDG_CACHE_HOME: home,
        XDG_DATA_HOME: home,
        XDG_CONFIG_HOME: home,
      },
    });
    seen = JSON.parse(readFileSync(result, "utf8"));
    assert.equal(seen.error, undefined, stderr);
  });

  it("a fault is a diagnostic at its line", () => {
    assert.equal(seen.diagnostic?.source, "dbops");
    assert.equal(
      seen.diagnostic?.line,
      dump.split("\n").findIndex((line) => line.includes("pg_dump")),
    );
    assert.match(seen.diagnostic?.message ?? "", /A failed pg_dump leaves this CronJob/);
  });

  it("a code action repairs it, and the finding goes", () => {
    assert.equal(seen.edited, dump.trimEnd().replace('"pg_dump', '"set -o pipefail; pg_dump'));
  });

  it("a schedule is explained", () => {
    assert.match(seen.hover?.join("\n") ?? "", /02:00/);
  });

  it("a host leads to the Service that answers there, and to the database behind it", () => {
    const places = (seen.definition ?? []).map(({ file, text }) => `${file}: ${text.trim()}`);
    assert.deepEqual(places.sort(), ["db.yaml: name: orders-db", "service.yaml: name: orders-db"]);
  });
});
