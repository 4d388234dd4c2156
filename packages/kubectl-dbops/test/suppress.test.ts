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
    const windows = readFileSync(path.join(folder, "windows/backup.yaml"), "utf8");
    assert.ok(windows.includes(`${comment}\r\n`));
    assert.doesNotMatch(windows, /[^\r]\n/);
    const { findings, suppressed } = lintJson(folder, ["--select", `${rule},suppression-unused`]);
    assert.deepEqual([findings.length, suppressed.length], [0, 3]);
    assert.equal(suppressed[0]?.suppression.reason, "the dump takes a minute");
  });

  it("adds to a comment that is there and has the same reason; one with another reason stays as it is", () => {
    const at = '  schedule: "*/30 * * * *"\n';
    assert.ok(backup.includes(at));
    const commented = (comment: string): string => backup.replace(at, `  # dbops-disable-next-line ${comment}\n${at}`);
    for (const [comment, expected] of [
      ["backup-schedule-invalid -- short", "  # dbops-disable-next-line backup-schedule-invalid, RULE -- short\n"],
      [
        "backup-schedule-invalid -- long",
        "  # dbops-disable-next-line backup-schedule-invalid -- long\n  # dbops-disable-next-line RULE -- short\n",
      ],
      [
        "RULE -- ended (until 2020-01-01)",
        "  # dbops-disable-next-line RULE -- ended (until 2020-01-01)\n  # dbops-disable-next-line RULE -- short\n",
      ],
    ] as const) {
      const folder = folderWith({ "backup.yaml": commented(comment.replace("RULE", rule)) });
      const { code, err } = dbops(folder, ["lint", "--suppress", rule, "--reason", "short"]);
      assert.deepEqual([code, err], [0, "Suppressed 1 finding in 1 file.\n"], comment);
      const text = readFileSync(path.join(folder, "backup.yaml"), "utf8");
      assert.ok(text.includes(`${expected.replaceAll("RULE", rule)}${at}`), text);
    }
  });

  it("writes one comment above a block scalar in which several things are found", () => {
    const api = readFileSync(new URL("../../../examples/shop/api.yaml", import.meta.url), "utf8");
    const unknown = "pooler-setting-unknown";
    const mistyped = api.replace(
      /^( +)pool_mode = .*\n/m,
      "$1pool_moode = transaction\n$1listen_adr = *\n$1max_client_con = 500\n",
    );
    const folder = folderWith({ "api.yaml": mistyped });
    assert.equal(lintJson(folder, ["--select", unknown]).findings.length, 3);
    const { err } = dbops(folder, ["lint", "--suppress", unknown, "--reason", "a fork of ours"]);
    assert.equal(err, "Suppressed 3 findings in 1 file.\n");
    const comment = `# dbops-disable-next-line ${unknown} -- a fork of ours\n`;
    assert.equal(
      readFileSync(path.join(folder, "api.yaml"), "utf8"),
      mistyped.replace(/^( +)(?=pgbouncer\.ini:)/m, `$1${comment}$1`),
    );
    assert.deepEqual(lintJson(folder, ["--select", `${unknown},suppression-unused`]).findings, []);
  });

  const limit = "database-without-memory-limit";
  const pod = (name: string, annotations?: object): object => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
    spec: { containers: [{ name: "postgres", image: "postgres:16" }] },
  });

  it("writes annotations where comments cannot stand, in each object of a list on one line", () => {
    const items = [
      pod("orders-db"),
      pod("billing-db", {}),
      pod("users-db", { team: "identity" }),
      pod("old-db", { "dbops/ignore": "database-in-bare-pod", "dbops/ignore-reason": "a relic" }),
    ];
    const folder = folderWith({ "pods.json": JSON.stringify({ apiVersion: "v1", kind: "List", items }) });
    const { code, err } = dbops(folder, ["lint", "--suppress", limit, "--reason", "a sandbox"]);
    assert.deepEqual([code, err], [0, "Suppressed 4 findings in 1 file.\n"]);
    const written = JSON.parse(readFileSync(path.join(folder, "pods.json"), "utf8"));
    const ours = { "dbops/ignore": limit, "dbops/ignore-reason": "a sandbox" };
    assert.deepEqual(
      written.items.map((item: { metadata: { annotations: object } }) => item.metadata.annotations),
      [
        ours,
        ours,
        { team: "identity", ...ours },
        { "dbops/ignore": `database-in-bare-pod, ${limit}`, "dbops/ignore-reason": "a relic; a sandbox" },
      ],
    );
  });

  it("refuses a configuration that is wrong, and writes nothing", () => {
    const folder = folderWith({ "backup.yaml": backup, ".dbops.yaml": "ruless: {}\n" });
    const { code, err } = dbops(folder, ["lint", "--suppress", rule, "--reason", "short"]);
    assert.equal(code, 2);
    assert.match(err, /^error: \.dbops\.yaml:1: .*ruless/);
    assert.equal(readFileSync(path.join(folder, "backup.yaml"), "utf8"), backup);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no reason", ["--suppress", rule], /^error: --suppress needs --reason TEXT/],
    [
      "a rule that is not there",
      ["--suppress", "backup-run-overlap", "--reason", "x"],
      /did you mean backup-runs-overlap\?/,
    ],
    ["a reason alone", ["--reason", "x"], /^error: --reason requires --suppress/],
    ["a date that has passed", ["--suppress", rule, "--reason", "x (until 2020-01-01)"], /needs a future date/],
    ["words for a date", ["--suppress", rule, "--reason", "x (until we migrate)"], /needs a future date/],
    ["no rule", ["--suppress", ",", "--reason", "x"], /needs a rule/],
    [
      "an output that it has not",
      ["--suppress", rule, "--reason", "x", "-o", "json"],
      /cannot be combined with --output/,
    ],
    ["comments that would not count", ["--suppress", rule, "--reason", "x", "--no-inline-config"], /no-inline-config/],
    ["fixes at once", ["--suppress", rule, "--reason", "x", "--fix"], /cannot be combined with --fix/],
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
    assert.match(err, /^error: a\.yaml: it is read-only; the file is unchanged$/m);
    assert.match(err, /^error: b\.yaml: not UTF-8, .*the file is unchanged$/m);
    assert.match(err, /^Suppressed 0 findings in 0 files\.$/m);
    assert.deepEqual(readFileSync(path.join(folder, "b.yaml")), latin);
  });
});
