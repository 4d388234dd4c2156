import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { commandsOf } from "../support/embedded.ts";

/** Scripts with one command `dump`, and why no run comes to it; undefined: dbops does not say so. */
const scripts: readonly (readonly [script: string, why: string | undefined])[] = [
  ["exit 0; dump", "the script ends before it"],
  ["exec true; dump", "the script ends before it"],
  ["exec 2>/dev/null; dump", undefined],
  ["test -e /no/such && exit 0; dump", undefined],
  ["(exit 0); dump", undefined],
  ["exit 0 | cat; dump", undefined],
  ["exit 0 & dump", undefined],
  ["f() { exit 0; }; dump", undefined],
  ["if true; then exit 0; fi; dump", undefined],
  ["if false; then dump; fi", "it is under if false"],
  ["if false; then :; else dump; fi", undefined],
  ["if false; then :; elif true; then dump; fi", undefined],
  ["if ! false; then dump; fi", undefined],
  ["if false || true; then dump; fi", undefined],
  ["while false; do dump; done", "it is under if false"],
  ["until false; do dump; break; done", undefined],
  ["false && dump", "it is behind false &&"],
  ["false || dump", undefined],
  ["! false && dump", undefined],
  ["f() { dump; }; echo off", "nothing calls its function f"],
  ["f() { dump; }; f", undefined],
  ["f() { dump; }; trap f EXIT", undefined],
  ["f() { dump; }; x=f; $x", undefined],
];

describe("what no run of a script comes to", () => {
  for (const [script, why] of scripts) {
    it(`${script}: ${why ?? "a run may"}`, () => {
      const dump = commandsOf(script).find(({ words }) => words[0]?.text === "dump");
      assert.equal(dump?.unreached, why);
    });

    for (const shell of ["dash", "bash"])
      it(`${shell} runs ${script}`, function () {
        const { error, stdout } = spawnSync(shell, ["-c", `dump() { echo dumped; }; ${script}`], { encoding: "utf8" });
        if (error !== undefined) {
          assert.equal(process.env.CI, undefined, `${shell} is not installed`);
          this.skip();
        }
        if (why !== undefined) assert.doesNotMatch(stdout, /dumped/);
      });
  }
});
