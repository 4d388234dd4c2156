import assert from "node:assert/strict";
import { firstListed, listed } from "../../src/text/listed.ts";

describe("listed", () => {
  it("reads as a sentence does", () => {
    assert.equal(listed([]), "");
    assert.equal(listed(["a"]), "a");
    assert.equal(listed(["a", "b"]), "a and b");
    assert.equal(listed(["a", "b", "c"], "or"), "a, b or c");
  });

  it("counts what it leaves out", () => {
    assert.equal(firstListed(["a", "b"], 2), "a and b");
    assert.equal(firstListed(["a", "b", "c"], 2), "a, b and 1 more");
    assert.equal(firstListed(["a", "b", "c"], 1), "a and 2 more");
  });
});
