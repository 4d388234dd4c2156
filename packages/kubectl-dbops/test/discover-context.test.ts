import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DiscoverOptions, discover } from "../src/files/discover.ts";

describe("what is read around the paths given", () => {
  const repository = mkdtempSync(path.join(tmpdir(), "dbops-context-"));
  const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: orders\n";

  before(() => {
    for (const folder of [".git", "shop", "billing"]) mkdirSync(path.join(repository, folder));
    writeFileSync(path.join(repository, "shop/service.yaml"), service);
    writeFileSync(path.join(repository, "billing/service.yaml"), service);
    writeFileSync(path.join(repository, "shop/utf-16.yaml"), Buffer.from(`\ufeff${service}`, "utf16le"));
    writeFileSync(path.join(repository, "shop/replacement.yaml"), `${service}# \ufffd stands in the text\n`);
    writeFileSync(path.join(repository, "shop/binary.yaml"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]));
    symlinkSync(path.join(repository, "shop"), path.join(repository, "shop/around"));
  });
  after(() => rmSync(repository, { recursive: true }));

  const read = (context: DiscoverOptions["context"]): ReturnType<typeof discover> =>
    discover({
      cwd: repository,
      paths: ["shop"],
      readsIgnored: true,
      exclude: [],
      ...(context === undefined ? {} : { context }),
    });
  const namesOf = (found: ReturnType<typeof discover>): readonly string[] =>
    found.files.map(({ uri }) => path.relative(repository, uri));

  it("is the repository by default", () => {
    const names = namesOf(read(undefined));
    assert.ok(names.includes("billing/service.yaml") && names.includes("shop/service.yaml"), names.join());
  });

  it("is nothing with the context none; the folder is its own root", () => {
    const found = read("none");
    assert.equal(found.root, path.join(repository, "shop"));
    assert.ok(namesOf(found).includes("shop/service.yaml"));
    assert.ok(!namesOf(found).includes("billing/service.yaml"));
  });

  it("keeps texts in any encoding, and no binary file", () => {
    const texts = new Map(read("none").files.map(({ uri, text }) => [path.basename(uri), text]));
    assert.equal(texts.get("utf-16.yaml"), `\ufeff${service}`);
    assert.match(texts.get("replacement.yaml") ?? "", /\ufffd stands in the text/);
    assert.equal(texts.get("binary.yaml"), undefined);
  });
});
