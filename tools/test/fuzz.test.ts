import assert from "node:assert/strict";
import path from "node:path";
import { checks, findsOf } from "../fuzz/checks.ts";
import { areInPlaces, plantMarkers, secretDocuments, traceIn } from "../fuzz/markers.ts";
import { type Mutant, mutantOf } from "../fuzz/mutant.ts";
import { Random } from "../fuzz/random.ts";
import { shrink } from "../fuzz/shrink.ts";
import { readSources } from "../fuzz/sources.ts";
import { root, run } from "./support/folders.ts";

const sources = readSources(undefined);
const textOf = ({ files }: Mutant): string => [...files.values()].join("---\n");

describe("the fuzzer", function () {
  this.timeout(120_000);

  it("makes the same mutant of the same seed, and another of the next", () => {
    const texts = Array.from({ length: 200 }, (_, seed) => textOf(mutantOf(seed, sources)));
    assert.deepEqual(
      texts,
      texts.map((_, seed) => textOf(mutantOf(seed, sources))),
    );
    assert.ok(new Set(texts).size > 195);
  });

  it("changes structure, bytes and the texts inside of strings", () => {
    const texts = Array.from({ length: 3000 }, (_, seed) => textOf(mutantOf(seed, sources))).join("");
    for (const sign of [
      "\r\n",
      "\r",
      "\0",
      "\ufeff",
      "\t",
      "&a ",
      "*a",
      "!!int ",
      "<<: ",
      "\n...\n",
      "|| true",
      "Zq7Mark",
    ])
      assert.ok(texts.includes(sign), JSON.stringify(sign));
  });

  it("plants a marker in every place of a password, and sees it in an output, in base64 too", () => {
    for (const text of secretDocuments) {
      const planted = plantMarkers(text, new Random(1));
      assert.ok(traceIn(planted) !== undefined, planted);
      assert.doesNotMatch(planted, /hunter2|aHVudGVyMg/);
    }
    assert.equal(traceIn(secretDocuments.join("")), undefined);
  });

  it("knows a marker whose place is gone", () => {
    assert.ok(areInPlaces("password: Zq7Mark1x\n"));
    assert.ok(!areInPlaces("name: Zq7Mark1x\n"));
  });

  it("takes away the lines that a find does not need", () => {
    const files = new Map([
      ["a.yaml", "one\ntwo\nthree\nfour"],
      ["b.yaml", "five"],
    ]);
    const small = shrink(files, (each) => [...each.values()].join("").includes("three"));
    assert.deepEqual([...small], [["a.yaml", "three"]]);
  });

  it("finds nothing in what nobody changed", () => {
    for (const [seed, files] of sources.entries())
      if (seed % 20 === 0)
        assert.deepEqual(findsOf({ seed, files }, Object.keys(checks)), [], [...files.values()].join());
  });

  it("ends with its figures, and refuses a check that there is not", () => {
    const fuzz = (...words: readonly string[]): ReturnType<typeof run> =>
      run(process.execPath, ["--import", "tsx", path.join(root, "tools/fuzz.ts"), ...words]);
    const { status, stdout, stderr } = fuzz("--runs", "20", "--seed", "5", "--only", "spans,determinism");
    assert.match(stdout, /\n20 mutants in \d+ s from seed 5: nothing found\n$/, stderr);
    assert.equal(status, 0);
    assert.equal(fuzz("--only", "spelling").status, 2);
  });
});
