import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lensesIn } from "../../src/index.ts";
import { lintFiles } from "../support/lint.ts";

const shop = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../../examples/shop/${name}`, import.meta.url)), "utf8");

describe("lenses", () => {
  const files = {
    "api.yaml": shop("api.yaml"),
    "postgres.yaml": shop("postgres.yaml"),
    "backup.yaml": shop("backup.yaml"),
  };
  const result = lintFiles(files);
  const texts = (file: string): readonly string[] => lensesIn(result, `/shop/${file}`).map(({ text }) => text);

  it("say above a database what it has to bear, who reaches it and what a restore loses", () => {
    assert.deepEqual(texts("postgres.yaml"), [
      "at least 126 of 97 connections during a rollout",
      "reached by 2 workloads",
      "no backup in view",
    ]);
    const [, reached] = lensesIn(result, "/shop/postgres.yaml");
    assert.deepEqual(reached?.places.map(({ uri }) => uri).toSorted(), ["/shop/api.yaml", "/shop/backup.yaml"]);
  });

  it("say above a pooler how much it opens, and nothing where nothing is known", () => {
    assert.deepEqual(texts("api.yaml"), ["up to 125 server connections during a rollout"]);
    assert.deepEqual(lensesIn(lintFiles({ "a.yaml": "kind: Pod\n" }), "/shop/a.yaml"), []);
  });
});
