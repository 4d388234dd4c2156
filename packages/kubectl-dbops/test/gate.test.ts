import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { reporters } from "../src/reporters/index.ts";
import { folderWith, manifestsFolder, shopFolder } from "./support/folder.ts";
import { dbops, lintJson } from "./support/run.ts";

const backup = readFileSync(path.join(manifestsFolder, "backup.yaml"), "utf8");
/** One warning and nothing else. */
const warningOnly = ["backup.yaml", "--select", "backup-runs-overlap"];

describe("the exit code", () => {
  let shop: string;
  before(() => {
    shop = shopFolder();
  });

  const cases: readonly (readonly [why: string, words: readonly string[], code: number])[] = [
    ["no finding", ["quiet.yaml"], 0],
    ["an error", ["."], 1],
    ["a warning, and errors fail by default", warningOnly, 0],
    ["a warning, asked for", [...warningOnly, "--fail-on=warning"], 1],
    ["a warning, infos asked for", [...warningOnly, "--fail-on", "info"], 1],
    ["an info, warnings asked for", ["backup.yaml", "--select", "backup-without-restore-test", "--fail-on=warning"], 0],
    ["an info, asked for", ["backup.yaml", "--select", "backup-without-restore-test", "--fail-on=info"], 1],
    ["an error, nothing fails", [".", "--fail-on=never"], 0],
    ["an error, --exit-zero", [".", "--exit-zero"], 0],
    ["as many warnings as allowed", [...warningOnly, "--max-warnings=1"], 0],
    ["one warning too many", [...warningOnly, "--max-warnings", "0"], 1],
    ["one warning too many, but nothing fails", [...warningOnly, "--max-warnings=0", "--exit-zero"], 0],
    ["a warning that is not shown fails all the same", [...warningOnly, "--fail-on=warning", "--quiet"], 1],
    ["an error that is not shown", [".", "--min-severity=error", "--fail-on=info"], 1],
    ["a missing path wins over findings", [".", "none.yaml"], 2],
    ["a missing path, --exit-zero", [".", "none.yaml", "--exit-zero"], 2],
    ["a missing path that may be missing", ["quiet.yaml", "none.yaml", "--no-error-on-unmatched-pattern"], 0],
    ["a report that cannot be written", ["quiet.yaml", "-o", "json=no/such/folder/report.json"], 2],
  ];
  for (const [why, words, code] of cases)
    it(`is ${code} for: ${why}`, () => {
      assert.equal(dbops(shop, ["lint", ...words]).code, code);
    });

  it("is the same for every format", () => {
    for (const [why, words, code] of cases)
      for (const format of Object.keys(reporters))
        assert.equal(
          dbops(shop, ["lint", ...words, ...(words.includes("-o") ? [] : ["-o", format])]).code,
          code,
          `${why}: ${format}`,
        );
  });

  it("is 2 with --strict when a document was not linted, and else unchanged", () => {
    const folder = folderWith({ "db.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n" });
    assert.equal(dbops(folder, ["lint"]).code, 0);
    assert.equal(dbops(folder, ["lint", "--strict"]).code, 2);
    const broken = folderWith({ "web.yaml": "apiVersion: v1\nkind: Service\nmetadata: &a { name: *a }\n" });
    assert.equal(dbops(broken, ["lint"]).code, 0, "far from every database it is an info");
    assert.equal(dbops(broken, ["lint", "--strict"]).code, 2);
  });

  it("is 2 for a wrong configuration, and everything is linted and printed before", () => {
    const folder = folderWith({ ".dbops.yaml": "ruls: {}\n", "backup.yaml": backup });
    for (const format of Object.keys(reporters)) {
      const { code, out } = dbops(folder, ["lint", "-o", format, "--exit-zero"]);
      assert.equal(code, 2, format);
      assert.match(out, /backup-pipe-hides-failure|pg_dump/, format);
      assert.match(out, /ruls/, format);
    }
  });
});

describe("what is shown", () => {
  let shop: string;
  before(() => {
    shop = shopFolder();
  });
  const rules = (...words: readonly string[]): readonly string[] => [
    ...new Set(lintJson(shop, words).findings.map((finding) => finding.rule)),
  ];

  it("follows --select and --ignore, with lists, repeats and globs", () => {
    assert.deepEqual(rules("--select", "claims-deleted-with-statefulset"), ["claims-deleted-with-statefulset"]);
    assert.deepEqual(rules("--select=backup-*"), [
      "backup-without-restore-test",
      "backup-runs-overlap",
      "backup-pipe-hides-failure",
    ]);
    assert.deepEqual(rules("--select=backup-*", "--ignore", "backup-runs-*, backup-without-restore-test"), [
      "backup-pipe-hides-failure",
    ]);
    assert.ok(!rules("--ignore=backup-pipe-hides-failure").includes("backup-pipe-hides-failure"));
    assert.deepEqual(rules("--select", "backup-runs-overlap", "--select", "claims-deleted-with-statefulset"), [
      "backup-runs-overlap",
      "claims-deleted-with-statefulset",
    ]);
  });

  it("follows --preset over the configuration", () => {
    assert.ok(rules("--preset=all").length > rules().length);
    assert.ok(rules("--preset=ephemeral").every((rule) => !rule.startsWith("backup-")));
  });

  it("follows --min-severity", () => {
    const levels = (level: string): readonly string[] => [
      ...new Set(lintJson(shop, ["--min-severity", level, "--preset=all"]).findings.map((finding) => finding.severity)),
    ];
    assert.deepEqual(levels("error"), ["error"]);
    assert.deepEqual([...levels("warning")].sort(), ["error", "warning"]);
    assert.deepEqual([...levels("info")].sort(), ["error", "info", "warning"]);
  });

  it("is errors without totals with --quiet, and nothing when there are none", () => {
    const { out } = dbops(shop, ["lint", "--quiet"]);
    assert.match(out, /replicas-do-not-replicate/);
    assert.doesNotMatch(out, /warning|problems/);
    assert.deepEqual(dbops(shop, ["lint", "-q", ...warningOnly]), { code: 0, out: "", err: "" });
    assert.deepEqual(dbops(shop, ["lint", "-q", "quiet.yaml"]), { code: 0, out: "", err: "" });
  });

  it("counts findings by rule with --statistics, on stderr when stdout is a document", () => {
    const { out } = dbops(shop, ["lint", "--statistics"]);
    assert.match(out, /\n {5}1 {2}backup-pipe-hides-failure\n/);
    const json = dbops(shop, ["lint", "--statistics", "-o", "json"]);
    assert.doesNotThrow(() => JSON.parse(json.out));
    assert.match(json.err, /^ {5}1 {2}backup-pipe-hides-failure$/m);
  });
});

describe("--config, --no-config and --print-config", () => {
  const files = {
    ".dbops.yaml": "rules:\n  backup-runs-overlap: off\n",
    "team.yaml":
      "rules:\n  backup-pipe-hides-failure: warning\noverrides:\n  - files: [ci/**]\n    rules:\n      backup-runs-overlap: error\n",
    "backup.yaml": backup,
    "ci/backup.yaml": backup,
  };
  const levels = (folder: string, words: readonly string[], env: Record<string, string> = {}): readonly string[] =>
    lintJson(folder, words, { env }).findings.map((finding) => `${finding.path} ${finding.rule} ${finding.severity}`);

  it("use the nearest file, the named one, or none", () => {
    const folder = folderWith(files);
    assert.deepEqual(levels(folder, ["backup.yaml"]), ["backup.yaml backup-pipe-hides-failure error"]);
    const usual = ["backup.yaml backup-runs-overlap warning", "backup.yaml backup-pipe-hides-failure error"];
    assert.deepEqual(levels(folder, ["backup.yaml", "--no-config"]), usual);
    const team = [
      "backup.yaml backup-runs-overlap warning",
      "backup.yaml backup-pipe-hides-failure warning",
      "ci/backup.yaml backup-runs-overlap error",
      "ci/backup.yaml backup-pipe-hides-failure warning",
    ];
    assert.deepEqual(levels(folder, [".", "--config", "team.yaml"]), team);
    assert.deepEqual(levels(folder, [".", "-c", "team.yaml"]), team);
    assert.deepEqual(levels(folder, ["."], { DBOPS_CONFIG: "team.yaml" }), team);
  });

  it("name a file that cannot be read", () => {
    const { code, err } = dbops(folderWith(files), ["lint", "--config", "tema.yaml"]);
    assert.deepEqual([code, err], [2, "error: tema.yaml: no such file or folder\n"]);
  });

  it("print what holds for a file", () => {
    const folder = folderWith(files);
    const print = (...words: readonly string[]): Record<string, unknown> =>
      JSON.parse(dbops(folder, ["lint", ...words]).out) as Record<string, unknown>;
    const severityOf = (config: Record<string, unknown>, rule: string): string =>
      (config.rules as Record<string, { severity: string }>)[rule]!.severity;
    const own = print("--print-config", "backup.yaml");
    assert.deepEqual([own.file, own.preset], [".dbops.yaml", "recommended"]);
    assert.equal(severityOf(own, "backup-runs-overlap"), "off");
    assert.equal(severityOf(own, "backup-pipe-hides-failure"), "error");
    assert.equal(severityOf(own, "secret-in-manifest"), "off");
    assert.equal(severityOf(print("--print-config=backup.yaml", "--preset=all"), "secret-in-manifest"), "info");
    const team = ["--config=team.yaml"];
    assert.equal(severityOf(print("--print-config=ci/backup.yaml", ...team), "backup-runs-overlap"), "error");
    assert.equal(severityOf(print("--print-config=backup.yaml", ...team), "backup-runs-overlap"), "warning");
    assert.equal(severityOf(print("--print-config=backup.yaml", ...team), "backup-pipe-hides-failure"), "warning");
    assert.equal(print("--print-config=backup.yaml", "--no-config").file, null);
  });
});
