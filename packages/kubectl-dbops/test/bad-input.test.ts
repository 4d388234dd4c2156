import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, manifestsFolder } from "./support/folder.ts";
import { buildBundle, shell } from "./support/kubectl.ts";
import { builtDbops, dbops, lintJson, placesOf } from "./support/run.ts";

const backup = readFileSync(path.join(manifestsFolder, "backup.yaml"), "utf8");
const backupPlaces = ["backup.yaml:6 backup-runs-overlap", "backup.yaml:18 backup-pipe-hides-failure"];

before(function () {
  this.timeout(60_000);
  buildBundle();
});

/**
 * Lints a folder in which backup.yaml is fine: whatever else is wrong, its findings are there, nothing looks like a crash, and the
 * built plugin says the same.
 */
function lintBeside(folder: string, ...words: readonly string[]): ReturnType<typeof lintJson> {
  const report = lintJson(folder, words);
  assert.deepEqual(
    placesOf(report.findings).filter((place) => place.startsWith("backup.yaml")),
    backupPlaces,
  );
  const outcome = dbops(folder, ["lint", ...words]);
  assert.deepEqual(builtDbops(folder, ["lint", ...words]), outcome);
  const { out, err } = outcome;
  assert.doesNotMatch(out + err, /^\s+at |\.ts:\d|TypeError|RangeError|dbops failed/m);
  return report;
}

describe("broken YAML", () => {
  const broken: readonly (readonly [what: string, text: string, line: number])[] = [
    ["a half-typed key", "apiVersion: v1\nkind: Service\nmetadata:\n  name: orders\nspec:\n  clus\n  ports: []\n", 6],
    ["a bracket that never closes", "apiVersion: v1\nkind: Service\nspec:\n  ports: [5432\n", 4],
    ["a quote that never closes", 'apiVersion: v1\nkind: Service\nmetadata:\n  name: "orders\nspec: {}\n', 5],
    ["a tab as indentation", "apiVersion: v1\nkind: Service\nspec:\n\tports: []\n", 4],
    ["a key at no level", "apiVersion: v1\nkind: Service\nspec:\n    ports: []\n  type: X\n", 5],
    ["an unknown alias", "apiVersion: v1\nkind: Service\nspec: *defaults\n", 3],
    ["a control character", "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\u0007b\n", 4],
  ];
  for (const [what, text, line] of broken)
    it(`is one finding at its place: ${what}`, () => {
      const { code, findings, notLinted } = lintBeside(folderWith({ "service.yaml": text, "backup.yaml": backup }));
      assert.equal(code, 1);
      const own = findings.filter((finding) => finding.path === "service.yaml");
      assert.deepEqual(placesOf(own), [`service.yaml:${line} document-not-yaml`]);
      assert.match(own[0]!.message, /^This document cannot be read: [^\n]+\.$/);
      assert.deepEqual(
        notLinted.map((each) => each.reason),
        ["not-yaml"],
      );
    });

  it("is none of dbops' business in JSON that is no manifest, named or not: VS Code's tasks have a kind, and comments", () => {
    const folder = folderWith({
      ".vscode/tasks.json": '{\n  // build\n  "tasks": [{ "group": { "kind": "build" } }]\n}\n',
      "tsconfig.json": '{\n  // strict\n  "compilerOptions": { "strict": true, }\n}\n',
      "backup.yaml": backup,
    });
    for (const words of [[], [".vscode/tasks.json", "tsconfig.json", "backup.yaml"]])
      assert.deepEqual(placesOf(lintBeside(folder, ...words).findings), backupPlaces);
    const { code, err } = dbops(folder, ["lint", ".vscode/tasks.json"]);
    assert.deepEqual([code, err], [0, "No manifests to lint: every given file is excluded or contains none.\n"]);
  });

  it("between two good documents leaves both linted, with their own lines", () => {
    const text = `${backup}---\napiVersion: v1\nkind: Service\nspec: [\n---\n${backup}`;
    const { findings, code } = lintJson(folderWith({ "backup.yaml": text }), []);
    assert.equal(code, 1);
    assert.deepEqual(placesOf(findings), [
      "backup.yaml:6 backup-runs-overlap",
      "backup.yaml:18 backup-pipe-hides-failure",
      "backup.yaml:23 document-not-yaml",
      "backup.yaml:30 backup-runs-overlap",
      "backup.yaml:42 backup-pipe-hides-failure",
    ]);
    assert.match(findings[2]!.message, / The other 2 documents in the file were linted\.$/);
  });

  it("is a template where it looks like one, and fails nothing", () => {
    const { code, notLinted } = lintBeside(
      folderWith({
        "backup.yaml": backup,
        "service.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
      }),
      "--fail-on=never",
    );
    assert.equal(code, 0);
    assert.deepEqual(
      notLinted.map(({ path: file, document, reason }) => [file, document, reason]),
      [["service.yaml", 1, "template"]],
    );
  });

  it("is left alone where it is encrypted", () => {
    const sops =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata:\n  password: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:m]\n  version: 3.8.1\n";
    const { notLinted, findings } = lintBeside(
      folderWith({ "backup.yaml": backup, "secret.yaml": sops }),
      "--preset=all",
    );
    assert.deepEqual(
      notLinted.map((each) => each.reason),
      ["encrypted"],
    );
    assert.ok(!findings.some((finding) => finding.path === "secret.yaml"));
  });
});

describe("YAML that means harm", () => {
  it("an alias bomb is linted or refused in no time", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) =>
        `a${level}: &a${level} [${Array.from({ length: 10 }, () => (level === 0 ? "x" : `*a${level - 1}`)).join(", ")}]`,
    );
    const text = `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: orders}\n${levels.join("\n")}\nspec: {template: {spec: *a29}}\n`;
    const started = performance.now();
    lintBeside(folderWith({ "bomb.yaml": text, "backup.yaml": backup }));
    assert.ok(performance.now() - started < 5000);
  });

  it("nesting without end is one finding or none, not a stack overflow", () => {
    for (const [name, text] of [
      ["flow.yaml", `apiVersion: v1\nkind: ConfigMap\ndata: ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`],
      [
        "block.yaml",
        `apiVersion: v1\nkind: ConfigMap\ndata:\n${Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth + 1)}a:`).join("\n")}\n`,
      ],
      [
        "json.json",
        `{"apiVersion": "v1", "kind": "ConfigMap", "data": ${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`,
      ],
    ] as const) {
      const { findings } = lintBeside(folderWith({ [name]: text, "backup.yaml": backup }));
      assert.ok(findings.filter((finding) => finding.path === name).length <= 1, name);
    }
  });

  it("keys of JavaScript's own objects are keys like any other", () => {
    const text =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {__proto__: a, constructor: b}}\ndata: {__proto__: {polluted: yes}, toString: x}\n";
    lintBeside(folderWith({ "config.yaml": text, "backup.yaml": backup }));
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});

describe("large input", () => {
  it("one document of 50 MB is named and not linted; the others of the file are", function () {
    this.timeout(60_000);
    const large = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dump\ndata:\n  orders.sql: |\n${"    INSERT INTO orders VALUES (1, 'a line of a dump that somebody put into a ConfigMap');\n".repeat(600_000)}`;
    assert.ok(large.length > 50e6);
    const { notLinted, findings, code } = lintJson(folderWith({ "backup.yaml": `${backup}---\n${large}` }), [
      "--fail-on=never",
    ]);
    assert.equal(code, 0);
    assert.deepEqual(placesOf(findings), backupPlaces);
    assert.deepEqual(
      notLinted.map(({ document, reason }) => [document, reason]),
      [[2, "too-large"]],
    );
    assert.match(notLinted[0]!.message, /5\d MB; documents above 4 MB are not read/);
  });

  it("50 MB of documents in one file are all linted, in seconds", function () {
    this.timeout(120_000);
    const settings = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dashboards\ndata:\n  orders.json: |\n${`    {"panels": [${"1, ".repeat(30)}1]}\n`.repeat(1000)}`;
    const count = Math.ceil(50e6 / settings.length);
    const documents = Array.from({ length: count }, () => settings);
    const { summary, findings } = lintJson(folderWith({ "all.yaml": [...documents, backup].join("---\n") }), []);
    assert.equal(summary.documents, count + 1);
    assert.deepEqual(
      findings.map((finding) => finding.rule),
      ["backup-runs-overlap", "backup-pipe-hides-failure"],
    );
  });
});

describe("files that cannot be read", () => {
  it("a binary file is named when it was asked for, and skipped with a word in --debug otherwise", () => {
    const folder = folderWith({
      "backup.yaml": backup,
      "logo.yaml": Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]),
    });
    assert.equal(lintBeside(folder).code, 1);
    const named = dbops(folder, ["lint", "logo.yaml", "backup.yaml"]);
    assert.deepEqual([named.code, named.err], [2, "error: logo.yaml: not a text file\n"]);
    assert.match(named.out, /backup-pipe-hides-failure/);
  });

  it("a circle of links is read once", () => {
    const folder = folderWith({ "backup.yaml": backup, "a/b/c.txt": "" });
    symlinkSync("..", path.join(folder, "a/up"));
    symlinkSync(folder, path.join(folder, "a/b/top"));
    symlinkSync("self", path.join(folder, "self"));
    const { summary, code } = lintBeside(folder);
    assert.deepEqual([summary.files, code], [1, 1]);
  });

  it("a broken symlink is an error when it was asked for, also inside a folder that was", () => {
    const folder = folderWith({ "backup.yaml": backup });
    symlinkSync("gone.yaml", path.join(folder, "dangling.yaml"));
    symlinkSync("loop.yaml", path.join(folder, "loop.yaml"));
    const { code, err } = lintBeside(folder);
    assert.equal(code, 2);
    assert.equal(err, "error: dangling.yaml: a broken symlink\nerror: loop.yaml: a symlink loop\n");
    assert.deepEqual(dbops(folder, ["lint", "dangling.yaml"]).err, "error: dangling.yaml: a broken symlink\n");
  });

  it("a folder with the name of a manifest is a folder", () => {
    const folder = folderWith({ "backup.yaml": backup, "orders.yaml/nested.yaml": backup });
    const { findings, code } = lintBeside(folder);
    assert.equal(code, 1);
    assert.ok(findings.some((finding) => finding.path === "orders.yaml/nested.yaml"));
  });

  it("a pipe with the name of a manifest is not waited for", () => {
    const folder = folderWith({ "backup.yaml": backup });
    execFileSync("mkfifo", [path.join(folder, "pipe.yaml")]);
    assert.equal(lintBeside(folder).code, 1);
    const { code, err } = dbops(folder, ["lint", "pipe.yaml"]);
    assert.deepEqual([code, err], [2, "error: pipe.yaml: not a regular file\n"]);
  });

  it("a device that never ends is not read", () => {
    const folder = folderWith({ "backup.yaml": backup });
    const { stderr, code } = shell("kubectl-dbops lint /dev/zero", folder);
    assert.match(stderr, /^error: .*dev\/zero: not a regular file\n$/);
    assert.equal(code, 2);
  });

  it("a pipe that never ends is left, and named", function () {
    this.timeout(120_000);
    const folder = folderWith({ "backup.yaml": backup });
    const { stderr, code } = shell("yes 'kind: Pod' | kubectl-dbops lint -", folder);
    assert.deepEqual([stderr, code], ["error: <stdin>: too large to read\n", 2]);
  });

  it("a working directory that is gone is named, without a stack", () => {
    const folder = folderWith({ "backup.yaml": backup });
    const { stderr, code } = shell("mkdir gone && cd gone && rmdir ../gone && kubectl-dbops lint .", folder);
    assert.deepEqual([stderr, code], ["error: the working directory no longer exists\n", 2]);
  });

  it("a hundred thousand keys are a large document, and no alias is blamed", function () {
    this.timeout(60_000);
    const keys = Array.from({ length: 110_000 }, (_, index) => `  k${index}: v\n`).join("");
    const folder = folderWith({
      "keys.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n${keys}`,
    });
    const { stdout, code } = shell("kubectl-dbops lint keys.yaml", folder);
    assert.doesNotMatch(stdout, /alias/);
    assert.equal(code, 0);
  });

  it("a name without end is cut in messages", () => {
    const folder = folderWith({ "a.yaml": `# dbops-disable ${"a".repeat(200_000)}\n${backup}` });
    const { out } = dbops(folder, ["lint", "-o", "concise"]);
    assert.match(out, /There is no rule "aaa/);
    assert.ok(out.split("\n").every((line) => line.length < 1200));
  });

  it("paths that do not exist are named, each once, and the rest is linted", () => {
    const folder = folderWith({ "backup.yaml": backup });
    const { code, err } = lintBeside(
      folder,
      "backup.yaml",
      "none.yaml",
      "no/such/folder",
      "jobs/*.yaml",
      "[a-c].yml",
      "backup.yaml/x.yaml",
    );
    assert.equal(code, 2);
    assert.equal(
      err,
      [
        "error: none.yaml: no such file or folder",
        "error: no/such/folder: no such file or folder",
        "error: jobs/*.yaml: matches no file",
        "error: [a-c].yml: matches no file",
        "error: backup.yaml/x.yaml: no such file or folder",
        "",
      ].join("\n"),
    );
  });

  it("a folder without manifests is no error, and is said", () => {
    const folder = folderWith({ "README.md": "# shop\n", "empty/.keep": "" });
    for (const words of [[], ["empty"], ["."]]) {
      const { code, err, out } = dbops(folder, ["lint", ...words]);
      assert.deepEqual(
        [code, err, out],
        [
          0,
          "No manifests to lint: every given file is excluded or contains none.\n",
          "No database objects in 0 files.\n",
        ],
      );
    }
  });

  it("an empty file, only comments and only separators are fine", () => {
    const folder = folderWith({
      "backup.yaml": backup,
      "a.yaml": "",
      "b.yaml": "# later\n",
      "c.yaml": "---\n---\n\n---\n",
      "d.yaml": "\ufeff",
    });
    const { notLinted, code } = lintBeside(folder);
    assert.deepEqual([notLinted, code], [[], 1]);
  });
});

describe("stdin", () => {
  it("that is empty fails the run: a failed helm template must not pass", () => {
    const { code, err } = dbops(folderWith({}), ["lint", "-"], { stdin: "" });
    assert.deepEqual([code, err], [2, "error: nothing came from stdin; did the command before the pipe fail?\n"]);
  });

  it("that is binary is an error", () => {
    const { code, err } = dbops(folderWith({}), ["lint", "-"], { stdin: Buffer.from([1, 0, 2, 0, 0, 0, 3]) });
    assert.deepEqual([code, err], [2, "error: <stdin>: not a text file\n"]);
  });

  it("in UTF-16 and with a byte order mark is read", () => {
    for (const stdin of [
      Buffer.from(`\ufeff${backup}`, "utf16le"),
      Buffer.from(`\ufeff${backup}`, "utf16le").swap16(),
      Buffer.from(`\ufeff${backup}`, "utf8"),
    ])
      assert.deepEqual(
        placesOf(lintJson(folderWith({}), ["-"], { stdin }).findings),
        backupPlaces.map((place) => place.replace("backup.yaml", "<stdin>")),
      );
  });
});

describe("a broken configuration", () => {
  const broken: readonly (readonly [what: string, text: string, finding: string])[] = [
    ["not YAML", "rules: [\n", ".dbops.yaml:1 configuration-invalid-value"],
    ["not a map", "- recommended\n", ".dbops.yaml:1 configuration-invalid-value"],
    ["an unknown key", "ruls: {}\n", ".dbops.yaml:1 configuration-unknown-key"],
    ["an unknown rule", "rules:\n  backup-runs-overlapp: off\n", ".dbops.yaml:2 configuration-unknown-rule"],
    [
      "a level that does not exist",
      "rules:\n  backup-runs-overlap: fatal\n",
      ".dbops.yaml:2 configuration-invalid-value",
    ],
    ["a preset that does not exist", "extends: recommendet\n", ".dbops.yaml:1 configuration-invalid-value"],
    ["a file that is not there", "extends: ./team.yaml\n", ".dbops.yaml:1 configuration-invalid-value"],
    ["a file that extends itself", "extends: ./.dbops.yaml\n", ".dbops.yaml:1 configuration-invalid-value"],
  ];
  for (const [what, text, finding] of broken)
    it(`is a finding at its place and exit code 2, and the rest is linted: ${what}`, () => {
      const { code, findings } = lintBeside(folderWith({ ".dbops.yaml": text, "backup.yaml": backup }));
      assert.equal(code, 2);
      assert.deepEqual(
        placesOf(findings).filter((place) => place.startsWith(".dbops")),
        [finding],
      );
    });

  it("keeps what is right in it", () => {
    const folder = folderWith({
      ".dbops.yaml": "ruls: {}\nrules:\n  backup-runs-overlap: off\n",
      "backup.yaml": backup,
    });
    assert.deepEqual(placesOf(lintJson(folder, []).findings), [
      ".dbops.yaml:1 configuration-unknown-key",
      "backup.yaml:18 backup-pipe-hides-failure",
    ]);
  });

  it("in a folder of its own concerns nothing when that folder is not asked for", () => {
    const folder = folderWith({ "ci/.dbops.yaml": "ruls: {}\n", "ci/x.yaml": "", "backup.yaml": backup });
    mkdirSync(path.join(folder, ".git"));
    assert.equal(lintJson(folder, ["backup.yaml"]).code, 1);
  });
});

describe("a run", () => {
  it("leaves nothing behind", () => {
    const folder = folderWith({ "backup.yaml": backup });
    writeFileSync(path.join(folder, "x.yaml"), "a: [");
    dbops(folder, ["lint"]);
    assert.deepEqual(readdirSync(folder).sort(), ["backup.yaml", "x.yaml"]);
  });
});
