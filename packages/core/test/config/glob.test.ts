import assert from "node:assert/strict";
import { matchesGlob } from "../../src/config/glob.ts";

const cases: readonly (readonly [glob: string, path: string, matches: boolean])[] = [
  ["*.yaml", "shop/db.yaml", true],
  ["shop/*.yaml", "shop/a/db.yaml", false],
  ["shop/**/db.yaml", "shop/a/b/db.yaml", true],
  ["shop/", "shop/a/db.yaml", true],
  ["{db,api}.yaml", "api.yaml", true],
  ["db[12].yaml", "db2.yaml", true],
  ["db[12].yaml", "db3.yaml", false],
  ["db[0-9].yaml", "db7.yaml", true],
  ["db[!0-9].yaml", "db7.yaml", false],
  ["db[!0-9].yaml", "dbx.yaml", true],
  ["db[!0-9]x.yaml", "db/x.yaml", false],
  ["db[z-a].yaml", "dbb.yaml", false],
  ["db[.yaml", "db[.yaml", true],
];

describe("globs", () => {
  for (const [glob, path, matches] of cases)
    it(`${glob} ${matches ? "matches" : "does not match"} ${path}`, () =>
      assert.equal(matchesGlob(glob, path), matches));

  it("takes time in proportion, however many stars", () => {
    const glob = `${"*a".repeat(30)}*b`;
    assert.equal(matchesGlob(glob, "a".repeat(200)), false);
    assert.equal(matchesGlob(glob, `${"a".repeat(200)}b`), true);
    assert.equal(matchesGlob(`${"{a,aa}".repeat(30)}b`, "a".repeat(60)), false);
    assert.equal(matchesGlob("**/".repeat(30), "a/".repeat(60)), true);
  });
});
