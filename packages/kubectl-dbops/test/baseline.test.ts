import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { shopFolder } from "./support/folder.ts";
import { dbops, lintJson, placesOf } from "./support/run.ts";

function entries(
  folder: string,
  file = ".dbops-baseline.json",
): readonly { readonly rule: string; readonly path: string }[] {
  return (JSON.parse(readFileSync(path.join(folder, file), "utf8")) as { findings: { rule: string; path: string }[] })
    .findings;
}

function edit(folder: string, file: string, change: (text: string) => string): void {
  const name = path.join(folder, file);
  writeFileSync(name, change(readFileSync(name, "utf8")));
}

describe("a baseline", () => {
  it("hides what it lists, and only that, also when lines move", () => {
    const shop = shopFolder();
    const first = lintJson(shop, []).findings.length;
    const { code, err, out } = dbops(shop, ["lint", "--write-baseline"]);
    assert.deepEqual([code, out], [0, ""]);
    assert.equal(err, `.dbops-baseline.json lists ${first} findings; lint with --baseline to hide them.\n`);
    edit(
      shop,
      "orders.yaml",
      (text) =>
        `# moved down\n\n${text.replace("terminationGracePeriodSeconds: 120", "terminationGracePeriodSeconds: 5")}`,
    );
    const { findings, suppressed, summary } = lintJson(shop, ["--baseline"]);
    assert.deepEqual(
      findings.map((finding) => finding.rule),
      ["grace-period-too-short"],
    );
    assert.equal(suppressed.length, first);
    assert.ok(
      suppressed.every(
        (each) => each.suppression.by === "baseline" && each.suppression.path === ".dbops-baseline.json",
      ),
    );
    assert.equal(summary.suppressed, first);
  });

  it("takes another file by name, and that file need not lie in the working directory", () => {
    const shop = shopFolder();
    dbops(shop, ["lint", "--write-baseline=known.json"]);
    assert.equal(existsSync(path.join(shop, ".dbops-baseline.json")), false);
    assert.deepEqual(lintJson(shop, ["--baseline=known.json"]).findings, []);
    assert.ok(entries(shop, "known.json").some((entry) => entry.path === "backup.yaml"));
  });

  it("is written whole again although an old one hides everything", () => {
    const shop = shopFolder();
    dbops(shop, ["lint", "--write-baseline"]);
    const before = entries(shop);
    dbops(shop, ["lint", "--baseline", "--write-baseline"]);
    assert.deepEqual(entries(shop), before);
  });

  it("names entries that match nothing any more, and drops them with --prune-baseline", () => {
    const shop = shopFolder();
    dbops(shop, ["lint", "--write-baseline"]);
    const before = entries(shop).length;
    edit(shop, "orders.yaml", (text) => text.replace("whenDeleted: Delete", "whenDeleted: Retain"));
    const stale = dbops(shop, ["lint", "--baseline"]);
    assert.equal(stale.code, 0);
    assert.equal(
      stale.err,
      "1 entry of .dbops-baseline.json no longer matches anything; remove with --prune-baseline.\n",
    );
    const pruned = dbops(shop, ["lint", "--prune-baseline"]);
    assert.deepEqual(
      [pruned.code, pruned.err],
      [0, "1 entry of .dbops-baseline.json removed: it no longer matched anything.\n"],
    );
    assert.equal(entries(shop).length, before - 1);
    assert.equal(dbops(shop, ["lint", "--baseline"]).err, "");
  });

  it("keeps entries of files that a run did not look at, and drops those of files that are gone", () => {
    const shop = shopFolder();
    dbops(shop, ["lint", "--write-baseline"]);
    const before = entries(shop);
    assert.equal(dbops(shop, ["lint", "orders.yaml", "--prune-baseline"]).err, "");
    assert.deepEqual(entries(shop), before);
    rmSync(path.join(shop, "backup.yaml"));
    dbops(shop, ["lint", "orders.yaml", "--prune-baseline"]);
    assert.deepEqual([...new Set(entries(shop).map((entry) => entry.path))], ["orders.yaml"]);
  });

  it("does not hide a second fault of the same kind", () => {
    const shop = shopFolder();
    dbops(shop, ["lint", "--write-baseline"]);
    edit(shop, "backup.yaml", (text) => `${text}---\n${text.replace("orders-dump", "billing-dump")}`);
    const { findings } = lintJson(shop, ["--baseline"]);
    assert.deepEqual(placesOf(findings), [
      "backup.yaml:26 backup-runs-overlap",
      "backup.yaml:38 backup-pipe-hides-failure",
    ]);
  });

  it("that is missing or broken is one line", () => {
    const shop = shopFolder();
    const lint = (): readonly [number, string] => {
      const { code, err } = dbops(shop, ["lint", "--baseline"]);
      return [code, err];
    };
    assert.deepEqual(lint(), [
      2,
      "error: .dbops-baseline.json: no such file or folder; write one with --write-baseline\n",
    ]);
    for (const text of ["{", "{}", "[]", "null"]) {
      writeFileSync(path.join(shop, ".dbops-baseline.json"), text);
      assert.deepEqual(
        lint(),
        [2, "error: .dbops-baseline.json: it is not a baseline; write one with --write-baseline\n"],
        text,
      );
    }
  });

  it("that cannot be written is one line", () => {
    const { code, err } = dbops(shopFolder(), ["lint", "--write-baseline=no/such/folder.json"]);
    assert.deepEqual([code, err], [2, "error: no/such/folder.json: no such file or folder\n"]);
  });
});
