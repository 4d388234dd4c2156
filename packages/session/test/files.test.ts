import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decode, FolderScope, IgnoredFiles } from "../src/index.ts";

describe("bytes of a file", () => {
  const text = "kind: Pod # ä\n";
  const utf16be = Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  for (const [name, bytes] of [
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16, little end first", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16, big end first", utf16be],
  ] as const)
    it(`${name} is text`, () => assert.equal(decode(bytes), text));

  it("a zero byte makes a file binary", () => assert.equal(decode(Buffer.from("a\0b")), undefined));
});

describe("ignored files", () => {
  it("follow the .gitignore of their folder and of those above", () => {
    const ignored = new IgnoredFiles();
    ignored.add("/repo", "build/\n*.gen.yaml\n");
    ignored.add("/repo/apps/", "!keep.gen.yaml\nlocal.yaml\n");
    assert.ok(ignored.has("/repo/build/"));
    assert.ok(ignored.has("/repo/apps/db.gen.yaml"));
    assert.ok(ignored.has("/repo/apps/local.yaml"));
    assert.ok(!ignored.has("/repo/local.yaml"));
    assert.ok(!ignored.has("/elsewhere/build/"));
  });

  it("are read where git tracks them all the same", () => {
    const indexOf = (...options: readonly string[]): Buffer => {
      const folder = mkdtempSync(path.join(tmpdir(), "dbops-tracked-"));
      const git = (...words: readonly string[]): unknown => execFileSync("git", ["-C", folder, ...words]);
      mkdirSync(path.join(folder, "build/db"), { recursive: true });
      writeFileSync(path.join(folder, "build/db/orders.yaml"), "");
      git("init", "-q", ...options);
      git("add", "-f", ".");
      const index = readFileSync(path.join(folder, ".git/index"));
      rmSync(folder, { recursive: true });
      return index;
    };
    const ignored = new IgnoredFiles();
    ignored.add("/repo", "build/\n");
    ignored.track("/repo", indexOf());
    assert.deepEqual(
      ["build/", "build/db/", "build/db/orders.yaml", "build/db/stock.yaml", "build/tmp/"].map((name) =>
        ignored.has(`/repo/${name}`),
      ),
      [false, false, false, true, true],
    );
    const header = "DIRC\0\0\0\x02\0\0\0\x01";
    const endless = Buffer.concat([Buffer.from(header), Buffer.alloc(62), Buffer.alloc(300_000, "a"), Buffer.alloc(1)]);
    const unreadable = [Buffer.alloc(0), Buffer.from("DIRC"), Buffer.from(header), endless];
    for (const index of [...unreadable, indexOf("--object-format=sha256")]) {
      ignored.track("/repo", index);
      assert.ok(ignored.has("/repo/build/"));
    }
  });

  it("are read where somebody opened their folder, less what that folder ignores itself", () => {
    const ignored = new IgnoredFiles();
    ignored.add("/repo", "vendor/\n");
    ignored.add("/repo/vendor", "tmp/\n");
    ignored.admit("/repo/vendor");
    assert.ok(!ignored.has("/repo/vendor/db.yaml"));
    assert.ok(ignored.has("/repo/vendor/tmp/"));
  });
});

describe("a folder inside a repository", () => {
  const scope = new FolderScope("/repo/apps/shop");

  it("shows its own files and the configurations above it", () => {
    assert.ok(scope.shows("/repo/apps/shop/db.yaml"));
    assert.ok(scope.shows("/repo/.dbops.yaml"));
    assert.ok(!scope.shows("/repo/apps/cart/.dbops.yaml"));
  });

  it("takes globs as written for the folder", () => {
    assert.ok(scope.isAmong([], "/repo/apps/shop/db.yaml"));
    assert.ok(scope.isAmong(["k8s/**", "!k8s/test/**"], "/repo/apps/shop/k8s/db.yaml"));
    assert.ok(!scope.isAmong(["k8s/**", "!k8s/test/**"], "/repo/apps/shop/k8s/test/db.yaml"));
    assert.deepEqual(scope.seenFrom("/repo", ["k8s/*.yaml", "*.gen.yaml"]), ["apps/shop/k8s/*.yaml", "*.gen.yaml"]);
  });
});
