import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { folderWith, manifestsFolder } from "./support/folder.ts";
import { dbops, lintJson } from "./support/run.ts";

const backup = readFileSync(path.join(manifestsFolder, "backup.yaml"), "utf8");
const rule = "backup-runs-overlap";
const twice = `${backup}---\n${backup.replaceAll("orders-dump", "billing-dump")}`;

describe("--suppress", () => {
  it("writes a comment with the reason at each finding of the rule, and nothing else", () => {
    const folder = folderWith({ "backup.yaml": twice, "windows/backup.yaml": backup.replaceAll("\n", "\r\n") });
    const { code, out, err } = dbops(folder, ["lint", "--suppress", rule, "--reason", "the dump takes a minute"]);
    assert.deepEqual([code, out], [0, ""]);
    assert.equal(err, "Suppressed 3 findings in 2 files.\n");
    const comment = `# dbops-disable-next-line ${rule} -- the dump takes a minute`;
    const text = readFileSync(path.join(folder, "backup.yaml"), "utf8");
    assert.equal(text.split(comment).length, 3);
    assert.equal(text.replace(new RegExp(`^ *${comment}\\n`, "gm"), ""), twice);
    assert.ok(readFileSync(path.join(folder, "windows/backup.yaml"), "utf8").includes(`${comment}\r\n`));
    const { findings, suppressed } = lintJson(folder, ["--select", `${rule},suppression-unused`]);
    assert.deepEqual([findings.length, suppressed.length], [0, 3]);
    assert.equal(suppressed[0]?.suppression.reason, "the dump takes a minute");
  });

  it("adds to a comment that is there", () => {
    const folder = folderWith({ "backup.yaml": backup });
    dbops(folder, ["lint", "--suppress", rule, "--reason", "short"]);
    const once = readFileSync(path.join(folder, "backup.yaml"), "utf8");
    dbops(folder, ["lint", "--suppress", "backup-*", "--reason", "short"]);
    const all = readFileSync(path.join(folder, "backup.yaml"), "utf8");
    assert.ok(all.length > once.length && all.includes(rule));
    assert.equal(lintJson(folder, ["--select", "backup-*"]).findings.length, 0);
  });

  it("writes an annotation where comments cannot stand", () => {
    const json = JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "orders-db" },
      spec: { containers: [{ name: "postgres", image: "postgres:16" }] },
    });
    const folder = folderWith({ "pod.json": json });
    const { code } = dbops(folder, ["lint", "--suppress", "database-without-memory-limit", "--reason", "a sandbox"]);
    assert.equal(code, 0);
    const { metadata } = JSON.parse(readFileSync(path.join(folder, "pod.json"), "utf8"));
    assert.deepEqual(metadata.annotations, {
      "dbops/ignore": "database-without-memory-limit",
      "dbops/ignore-reason": "a sandbox",
    });
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no reason", ["--suppress", rule], /^error: --suppress needs --reason TEXT/],
    [
      "a rule that is not there",
      ["--suppress", "backup-run-overlap", "--reason", "x"],
      /did you mean backup-runs-overlap\?/,
    ],
    ["a reason alone", ["--reason", "x"], /^error: --reason goes with --suppress/],
    ["fixes at once", ["--suppress", rule, "--reason", "x", "--fix"], /does not go with --fix/],
  ];
  for (const [name, words, expected] of refused)
    it(`refuses ${name}, and writes nothing`, () => {
      const folder = folderWith({ "backup.yaml": backup });
      const { code, err } = dbops(folder, ["lint", ...words]);
      assert.equal(code, 2);
      assert.match(err, expected);
      assert.equal(readFileSync(path.join(folder, "backup.yaml"), "utf8"), backup);
    });

  it("names a file that is read-only, and one that is not UTF-8, and leaves them as they were", () => {
    const latin = Buffer.concat([Buffer.from("# Gr\u00f6\u00dfe\n", "latin1"), Buffer.from(backup)]);
    const folder = folderWith({ "a.yaml": backup.replace("orders-dump", "billing-dump"), "b.yaml": latin });
    chmodSync(path.join(folder, "a.yaml"), 0o444);
    const { code, err } = dbops(folder, ["lint", "--suppress", rule, "--reason", "short"]);
    assert.equal(code, 2);
    assert.match(err, /^error: a\.yaml: it is read-only; the file is as it was$/m);
    assert.match(err, /^error: b\.yaml: not UTF-8, .*the file is as it was$/m);
    assert.match(err, /^Suppressed 0 findings in 0 files\.$/m);
    assert.deepEqual(readFileSync(path.join(folder, "b.yaml")), latin);
  });
});
