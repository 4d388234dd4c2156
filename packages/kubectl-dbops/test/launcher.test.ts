import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
const examples = path.join(packageFolder, "../../examples/shop");

describe("the launcher", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "dbops-launcher-"));
  const bin = path.join(folder, "bin");
  const set = path.join(folder, "set");
  let cache = "";
  const lint = (): { readonly stdout: string; readonly stderr: string; readonly status: number | null } =>
    spawnSync(process.execPath, [path.join(bin, "kubectl-dbops"), "lint", set, "-o", "concise"], { encoding: "utf8" });
  let expected: ReturnType<typeof lint>;

  before(() => {
    const build = spawnSync(process.execPath, [path.join(packageFolder, "build.mjs")], { encoding: "utf8" });
    assert.equal(build.status, 0, build.stderr);
    cpSync(path.join(packageFolder, "dist"), bin, { recursive: true });
    cpSync(examples, set, { recursive: true });
    cache = path.join(bin, readdirSync(bin).find((name) => name.endsWith(".cache")) ?? "missing");
    expected = lint();
  });
  after(() => rmSync(folder, { recursive: true }));

  it("starts from the cache that the build wrote", () => {
    assert.ok(existsSync(cache));
    assert.equal(expected.status, 1, expected.stderr);
    assert.match(expected.stdout, /\[[a-z-]+\]\n/);
  });

  it("says the same without a cache, and writes it for the next run", () => {
    rmSync(cache);
    assert.equal(lint().stdout, expected.stdout);
    assert.ok(existsSync(cache));
  });

  it("takes no cache from a run over so many files that V8's flags change", () => {
    const many = path.join(folder, "many");
    mkdirSync(many);
    for (let index = 0; index < 700; index++)
      writeFileSync(path.join(many, `${index}.yaml`), `apiVersion: v1\nkind: Service\nmetadata: { name: s${index} }\n`);
    rmSync(cache);
    const { status } = spawnSync(process.execPath, [path.join(bin, "kubectl-dbops"), "lint", many]);
    assert.equal(status, 0);
    const { mtimeMs } = statSync(cache);
    lint();
    assert.equal(statSync(cache).mtimeMs, mtimeMs, "the cache was refused, and written again");
  });

  it("says the same with a cache of something else, silently, and replaces it", () => {
    writeFileSync(cache, "not V8's");
    const { stdout, stderr } = lint();
    assert.equal(stdout, expected.stdout);
    assert.equal(stderr, expected.stderr);
    assert.equal(lint().stdout, expected.stdout);
  });

  it("says the same with a cache that another version of Node wrote, silently, and replaces it", () => {
    lint();
    const own = readFileSync(cache);
    // Behind V8's mark stands the version that wrote the cache; a cache of another is refused.
    const other = Buffer.from(own);
    other.writeUInt32LE(other.readUInt32LE(4) ^ 1, 4);
    writeFileSync(cache, other);
    const { stdout, stderr } = lint();
    assert.deepEqual([stdout, stderr], [expected.stdout, expected.stderr]);
    assert.equal(readFileSync(cache).readUInt32LE(4), own.readUInt32LE(4));
  });

  it("says the same where the cache cannot be written", () => {
    rmSync(cache);
    // A folder in its place cannot be replaced by a file, whoever runs the test.
    cpSync(set, cache, { recursive: true });
    assert.equal(lint().stdout, expected.stdout);
  });

  it("loads none of Node's modules that cost more than linting a file", () => {
    const hook = path.join(folder, "loaded.cjs");
    // What is loaded is looked at first: a pipe for stderr is of net.
    writeFileSync(
      hook,
      'process.on("exit", () => { const all = process.moduleLoadList.join("\\n"); process.stderr.write(all); });',
    );
    const words = ["--require", hook, path.join(bin, "kubectl-dbops"), "lint", set, "-o", "concise"];
    const { stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    const loaded = stderr.split("\n").map((line) => line.replace("NativeModule ", ""));
    assert.ok(loaded.includes("fs"));
    for (const name of ["crypto", "child_process", "http", "net", "zlib"]) assert.ok(!loaded.includes(name), name);
  });

  it("explains rules, whose examples lie in a second file", () => {
    const { stdout } = spawnSync(
      process.execPath,
      [path.join(bin, "kubectl-dbops"), "explain", "database-in-deployment"],
      {
        encoding: "utf8",
      },
    );
    assert.match(stdout, /^database-in-deployment \(/);
    assert.match(stdout, /kind: Deployment/);
  });
});
