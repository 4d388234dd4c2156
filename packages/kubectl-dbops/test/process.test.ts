import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { progressOn } from "../src/io.ts";
import { folderWith, manifestsFolder, shopFolder } from "./support/folder.ts";
import { buildBundle, distFolder, needsKubectl, shell } from "./support/kubectl.ts";

const root = path.join(import.meta.dirname, "../../..");

function backup(): Buffer {
  return readFileSync(path.join(manifestsFolder, "backup.yaml"));
}

describe("the built plugin", function () {
  this.timeout(60_000);
  before(() => buildBundle());

  /** A folder with the plugin alone in it, for everybody to read. */
  function installed(files: Readonly<Record<string, Buffer>>): string {
    const folder = folderWith({
      ...Object.fromEntries(readdirSync(distFolder).map((name) => [name, readFileSync(path.join(distFolder, name))])),
      ...files,
    });
    chmodSync(folder, 0o755);
    return folder;
  }

  it("is executable, and its folder needs nothing from node_modules", () => {
    const bundle = path.join(distFolder, "kubectl-dbops");
    accessSync(bundle, constants.X_OK);
    assert.match(readFileSync(bundle, "utf8").slice(0, 20), /^#!\/usr\/bin\/env node\n/);
    const folder = installed({ "shop/backup.yaml": backup() });
    const { status, stdout } = spawnSync(
      process.execPath,
      ["kubectl-dbops", "lint", "--fix", "shop", "--select", "backup-runs-overlap"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    assert.deepEqual([status, stdout], [0, "No problems in 1 file, 1 object: 1 backup.\n"]);
    assert.match(readFileSync(path.join(folder, "shop/backup.yaml"), "utf8"), /concurrencyPolicy: Forbid/);
  });

  it("names files, folders and targets that it may not read or write, and goes on with the rest", () => {
    const folder = installed({
      "shop/backup.yaml": backup(),
      "shop/locked.yaml": backup(),
      "shop/locked/a.yaml": backup(),
    });
    for (const name of ["shop/locked.yaml", "shop/locked"]) chmodSync(path.join(folder, name), 0);
    // Modes mean nothing to root, so the run is somebody else's.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    if (process.getuid?.() !== 0) chmodSync(path.join(folder, "shop"), 0o555);
    const words = ["kubectl-dbops", "lint", "shop", "--fix", "-o", "concise", "-o", "json=/root-only/report.json"];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8", ...nobody });
    chmodSync(path.join(folder, "shop"), 0o755);
    chmodSync(path.join(folder, "shop/locked"), 0o755);
    assert.deepEqual(stderr.trimEnd().split("\n").sort(), [
      "error: /root-only/report.json: no such file or folder",
      "error: shop/backup.yaml: permission denied; the file is unchanged",
      "error: shop/locked.yaml: permission denied",
      "error: shop/locked: permission denied",
    ]);
    assert.equal(status, 2);
    assert.match(stdout, /^shop\/backup\.yaml:6:13: warning: .* \[backup-runs-overlap\]$/m);
    assert.deepEqual(readFileSync(path.join(folder, "shop/backup.yaml")), backup());
  });

  it("prints nothing but findings through the package script", () => {
    const shop = shopFolder();
    const script = path.join(root, "tools/dbops.mjs");
    const through = spawnSync(process.execPath, [script, "lint", "."], { cwd: shop, encoding: "utf8" });
    const direct = shell("kubectl-dbops lint .", shop);
    assert.deepEqual([through.status, through.stdout, through.stderr], [direct.code, direct.stdout, direct.stderr]);
  });

  it("ends quietly when its reader has seen enough", () => {
    const shop = shopFolder();
    for (const format of ["human", "json", "jsonl", "sarif"]) {
      const { stdout, stderr } = shell(`kubectl-dbops lint . -o ${format} | head -1`, shop);
      assert.equal(stdout.trimEnd().split("\n").length, 1, format);
      assert.equal(stderr, "", format);
    }
    assert.deepEqual(shell("kubectl-dbops lint . 2>&1 | true", shop), { stdout: "", stderr: "", code: 0 });
    assert.equal(shell("kubectl-dbops rules | head -1", shop).stderr, "");
  });

  it("writes a long report whole into a slow pipe", () => {
    const backup = readFileSync(path.join(shopFolder(), "backup.yaml"), "utf8");
    const text = Array.from({ length: 400 }, (_, index) => backup.replace("orders-dump", `dump-${index}`)).join(
      "---\n",
    );
    const { stdout } = shell("kubectl-dbops lint big.yaml -o json | (sleep 1; cat)", folderWith({ "big.yaml": text }));
    assert.ok(stdout.length > 500_000);
    assert.equal((JSON.parse(stdout) as { summary: { errors: number } }).summary.errors, 400);
  });

  it("reads stdin that comes late, in parts, not at all, or is closed", () => {
    const shop = shopFolder();
    const late = shell(
      "(sleep 0.3; head -c 200 backup.yaml; sleep 0.3; tail -c +201 backup.yaml) | kubectl-dbops lint - -o concise",
      shop,
    );
    assert.match(late.stdout, /^<stdin>:18:19: error: .* \[backup-pipe-hides-failure\]$/m);
    for (const stdin of ["< /dev/null", "<&-"]) {
      const { stderr, code } = shell(`kubectl-dbops lint - ${stdin}`, shop);
      assert.deepEqual(
        [stderr, code],
        ["error: nothing came from stdin; did the command before the pipe fail?\n", 2],
        stdin,
      );
    }
  });

  it("fails with a line, not a stack trace, when its output cannot be written", function () {
    if (!existsSync("/dev/full")) this.skip();
    const { stderr, code } = shell("kubectl-dbops lint . > /dev/full", shopFolder());
    assert.deepEqual([stderr, code], ["error: stdout: no space left on the disk\n", 2]);
  });

  it("is quiet about its progress off a terminal", () => {
    assert.equal(shell("kubectl-dbops lint . > /dev/null", shopFolder()).stderr, "");
  });

  it("is found by kubectl as a plugin, with kubectl's own words before it refused by kubectl", function () {
    needsKubectl(this);
    const shop = shopFolder();
    assert.match(shell("kubectl plugin list", shop).stdout, /kubectl-dbops/);
    assert.deepEqual(shell("kubectl dbops version", shop), shell("kubectl-dbops version", shop));
    assert.equal(shell("kubectl dbops lint .", shop).code, 1);
    assert.equal(shell("kubectl dbops lint none.yaml", shop).code, 2);
  });
});

describe("progress", () => {
  function terminal(isTerminal: boolean): { at: number; text: string; shown: ReturnType<typeof progressOn> } {
    const state = { at: 0, text: "", shown: undefined as unknown as ReturnType<typeof progressOn> };
    state.shown = progressOn({
      isTerminal,
      now: () => state.at,
      write: (text) => {
        state.text += text;
      },
    });
    return state;
  }

  it("shows on a terminal after a second, not faster than one can read, and goes before other output", () => {
    const state = terminal(true);
    for (const at of [10, 999, 1000, 1050, 1099, 1100]) {
      state.at = at;
      state.shown.show(`reading: ${at} files`);
    }
    assert.equal(state.text, "\r\u001b[Kreading: 1000 files\r\u001b[Kreading: 1100 files");
    state.text = "";
    state.shown.clear();
    state.shown.clear();
    assert.equal(state.text, "\r\u001b[K");
  });

  it("never shows off a terminal", () => {
    const state = terminal(false);
    state.at = 5000;
    state.shown.show("reading: 10 files");
    state.shown.clear();
    assert.equal(state.text, "");
  });
});
