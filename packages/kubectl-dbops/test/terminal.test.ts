import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { folderWith, manifestsFolder } from "./support/folder.ts";
import { buildBundle, distFolder, shell } from "./support/kubectl.ts";
import { needsProgram } from "./support/programs.ts";
import { dbops, lintJson } from "./support/run.ts";

const examples = fileURLToPath(new URL("../../../examples/shop", import.meta.url));
const launcher = path.join(distFolder, "kubectl-dbops");

/** What a person sees: without the codes of colours and links. */
const visible = (text: string): readonly string[] =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away
  text.replace(/\u001b\[[0-9;]*[A-Za-z]|\u001b\]8;;[^\u001b]*\u001b\\/g, "").split(/\r?\n/);

describe("on a real terminal", function () {
  this.timeout(60_000);
  before(function () {
    needsProgram(this, "script", "bsdutils");
    buildBundle();
  });

  const at = (columns: number, words: string): string =>
    shell(`script -qec 'stty cols ${columns}; ${launcher} ${words}' /dev/null`, examples, { TERM: "xterm-256color" })
      .stdout;

  for (const words of ["lint .", "pool .", "rules", "new", "explain pooler-exceeds-max-connections", "lint --help"])
    it(`\`${words}\` fits 80 columns`, () => {
      // An address is one word, and YAML in an example is as it is.
      const isWhole = (line: string): boolean => /https?:\/\//.test(line) || /^ {8,}\w+: [{[]/.test(line);
      const lines = visible(at(80, words));
      assert.ok(lines.length > 10);
      assert.deepEqual(
        lines.filter((line) => line.length > 80 && !isWhole(line)),
        [],
      );
    });

  it("leaves a message on one line where there is room, and colours what people look for", () => {
    const out = at(250, "lint .");
    const lines = visible(out);
    assert.ok(lines.some((line) => /^ {2}4 poolers x 1 database .* = 96\.$/.test(line)));
    assert.ok(out.includes("\u001b[31merror\u001b[0m"));
    assert.ok(at(250, "lint --diff --unsafe-fixes .").includes("\u001b[32m+"));
  });
});

describe("lint --watch", () => {
  const text = readFileSync(path.join(manifestsFolder, "backup.yaml"), "utf8");
  let folder: string;
  let process: ChildProcess;
  let out: string;
  let err: string;
  const start = (...words: readonly string[]): void => {
    buildBundle();
    folder = folderWith({ "w/backup.yaml": text, "w/.dbops.yaml": "rules: {}\n" });
    process = spawn(launcher, ["lint", "--watch", "-o", "concise", ...words, "w"], { cwd: folder });
    [out, err] = ["", ""];
    process.stdout?.on("data", (data: Buffer) => {
      out += data.toString();
    });
    process.stderr?.on("data", (data: Buffer) => {
      err += data.toString();
    });
  };
  const write = (file: string, content: string): void => writeFileSync(path.join(folder, file), content);
  const until = async (isDone: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 600 && !isDone(); tries++) await new Promise((done) => setTimeout(done, 50));
    assert.ok(isDone(), out + err);
  };
  const runs = (): number => err.split("Waiting for a file to change").length - 1;
  afterEach(() => process.kill("SIGINT"));

  it("lints again when a file changes, until it is ended", async () => {
    start();
    await until(() => runs() === 1);
    assert.match(out, /backup-runs-overlap/);
    const before = out.length;
    write("w/backup.yaml", text.replace("*/30 * * * *", "*/20 * * * *"));
    await until(() => out.slice(before).includes('runs at "*/20 * * * *"'));
    rmSync(path.join(folder, "w/backup.yaml"));
    await until(() => err.includes("No manifests to lint"));
    const emptied = out.length;
    write("w/again.yaml", text);
    await until(() => out.slice(emptied).includes("w/again.yaml:6:13"));
  });

  it("says what a run died of, and goes on", async () => {
    start("--config=w/.dbops.yaml");
    await until(() => runs() === 1);
    rmSync(path.join(folder, "w/.dbops.yaml"));
    await until(() => err.includes("error: w/.dbops.yaml: no such file"));
    write("w/.dbops.yaml", "rules: { backup-runs-overlap: off }\n");
    const before = out.length;
    await until(() => runs() === 3);
    assert.doesNotMatch(out.slice(before), /backup-runs-overlap/);
  });

  it("takes what it writes itself for no change", async () => {
    start("-o", "json=w/report.json");
    await until(() => runs() === 1);
    write("w/backup.yaml", `${text}\n`);
    await until(() => runs() === 2);
    await new Promise((done) => setTimeout(done, 500));
    assert.equal(runs(), 2);
  });
});

describe("lint --watch, with what it cannot watch", () => {
  const refusals = {
    "--fix": "--watch only looks; it cannot be combined with --fix",
    "-k=base": "--watch looks at the files it lints, and -k lints what kustomize renders; name the folder without -k",
    "-": "--watch waits for files to change, and stdin is not a file",
    "--stdin-filename=a.yaml": "--watch waits for files to change, and stdin is not a file",
  };
  for (const [word, says] of Object.entries(refusals))
    it(`does not go with ${word}`, () => {
      const { code, err } = dbops(folderWith({}), ["lint", "--watch", word]);
      assert.deepEqual([code, err], [2, `error: ${says}\n`]);
    });
});

describe("lint --timing", () => {
  it("says what the time went into, on stderr", () => {
    const { err, out } = dbops(examples, ["lint", "--timing", "-o", "concise", "."]);
    assert.match(err, /^time: reading files 0\.0 ms, parsing 0\.0 ms, finding databases/);
    assert.doesNotMatch(out, /time:/);
  });
});

describe("the text of a file on stdin", () => {
  const manifests = {
    "db/client.yaml": "kind: List\n",
    "db/server.yaml": readFileSync(path.join(examples, "postgres.yaml")),
  };

  it("is judged in its folder, and alone reported on", () => {
    const folder = folderWith(manifests);
    const stdin = readFileSync(path.join(examples, "api.yaml"), "utf8");
    const { findings } = lintJson(folder, ["--stdin-filename", "db/client.yaml"], { stdin });
    assert.ok(
      findings.some(({ rule }) => rule === "pooler-exceeds-max-connections"),
      "the server is in view",
    );
    assert.deepEqual(new Set(findings.map((each) => each.path)), new Set(["db/client.yaml"]));
  });

  it("does not answer for its neighbors", () => {
    const folder = folderWith(manifests);
    symlinkSync("gone.yaml", path.join(folder, "db/dangling.yaml"));
    const lintOf = (...words: readonly string[]): readonly [number, string] => {
      const { code, err } = dbops(folder, ["lint", ...words], { stdin: "kind: List\n" });
      return [code, err];
    };
    assert.deepEqual(lintOf("--stdin-filename", "db/client.yaml"), [0, ""]);
    assert.deepEqual(lintOf("db"), [2, "error: db/dangling.yaml: a broken symlink\n"]);
  });
});
