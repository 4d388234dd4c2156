import assert from "node:assert/strict";
import { decodeBase64 } from "../../src/text/base64.ts";
import { closest } from "../../src/text/closest.ts";
import { SourceFile } from "../../src/text/source-file.ts";
import { applyEdits } from "../../src/text/text-edit.ts";

describe("base64", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["c2VjcmV0", "secret"],
    ["cw==", "s"],
    ["c2U=", "se"],
    ["w6TDtg==", "äö"],
    ["8J+QmA==", "🐘"],
    ["", ""],
    ["c2Vj\ncmV0\n", "secret"],
    ["c2U", undefined],
    ["c2 U=", undefined],
    ["c2Vj_mV0", undefined],
    ["=c2U", undefined],
    ["/w==", undefined],
    ["plain text", undefined],
  ];
  for (const [text, expected] of cases)
    it(`${JSON.stringify(text)}: ${JSON.stringify(expected)}`, () => assert.equal(decodeBase64(text), expected));
});

describe("what was probably meant", () => {
  const words = ["pool_mode", "default_pool_size", "max_client_conn", "reserve_pool"];
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["pool_mod", "pool_mode"],
    ["poolmode", "pool_mode"],
    ["default_pool_sizes", "default_pool_size"],
    ["max_client_connections", "max_client_conn"],
    ["reserve", undefined],
    ["x", undefined],
    ["", undefined],
  ];
  for (const [word, expected] of cases)
    it(`${JSON.stringify(word)}: ${expected ?? "nothing near"}`, () => assert.equal(closest(word, words), expected));
});

describe("edits of a text", () => {
  const insert = (start: number, newText: string, end = start) => ({ uri: "a", span: { start, end }, newText });
  it("are offsets into the original, in any order", () => {
    assert.equal(applyEdits("abcdef", [insert(4, "X", 5), insert(0, "Y"), insert(1, "", 3)]), "YadXf");
  });
  it("that overlap, or lie outside, are a caller's mistake", () => {
    assert.throws(() => applyEdits("abc", [insert(0, "X", 2), insert(1, "Y", 3)]), RangeError);
    assert.throws(() => applyEdits("abc", [insert(2, "X", 9)]), RangeError);
  });
});

describe("positions", () => {
  const file = new SourceFile("a", "eins\r\nzwei\rdrei\n\nvier");
  it("count lines at every kind of break, and back", () => {
    assert.deepEqual(file.lineStarts, [0, 6, 11, 16, 17]);
    for (const offset of [0, 3, 6, 9, 11, 16, 17, 20, 21]) assert.equal(file.offsetAt(file.positionAt(offset)), offset);
  });
  it("are clamped to the text", () => {
    assert.deepEqual(file.positionAt(99), { line: 4, column: 4 });
    assert.deepEqual(file.positionAt(-1), { line: 0, column: 0 });
    assert.equal(file.offsetAt({ line: 9, column: 0 }), 21);
  });
  it("a line's span holds no break", () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((line) => file.slice(file.lineSpan(line))),
      ["eins", "zwei", "drei", "", "vier"],
    );
  });
});
