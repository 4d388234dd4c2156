import assert from "node:assert/strict";
import { readLintRequest } from "../src/commands/request.ts";
import { parseFlags } from "../src/flags.ts";
import type { Io } from "../src/io.ts";
import { verbs } from "../src/verbs.ts";

function requestOf(...words: readonly string[]) {
  const lint = verbs.find(({ name }) => name === "lint");
  assert.ok(lint !== undefined);
  return readLintRequest(parseFlags(words, lint.flags, "lint"), { today: "2026-11-24", env: {} } as Io);
}

describe("what a command line of lint asks for", () => {
  const fixes: readonly (readonly [string, ReturnType<typeof requestOf>["fixes"]])[] = [
    ["shop", undefined],
    ["--fix", { admit: "safe", isWritten: true }],
    ["--fix --unsafe-fixes", { admit: "unsafe", isWritten: true }],
    ["--diff", { admit: "safe", isWritten: false }],
    ["--diff --unsafe-fixes", { admit: "unsafe", isWritten: false }],
    ["--fix --diff", { admit: "safe", isWritten: false }],
    ["--fix-dry-run", { admit: "safe", isWritten: false }],
    ["--fix --fix-dry-run", { admit: "safe", isWritten: false }],
  ];
  for (const [words, expected] of fixes)
    it(`fixes of ${words}`, () => assert.deepEqual(requestOf(...words.split(" ")).fixes, expected));

  const sources: readonly (readonly [string, readonly string[], boolean])[] = [
    ["shop", ["shop"], false],
    ["-", [], true],
    ["shop -f -", ["shop"], true],
    ["-f a.yaml b.yaml", ["b.yaml", "a.yaml"], false],
    ["--stdin", [], true],
  ];
  for (const [words, paths, readsStdin] of sources)
    it(`sources of ${words}`, () => {
      const request = requestOf(...words.split(" ")).sources;
      assert.deepEqual([request.paths, request.readsStdin], [paths, readsStdin]);
    });

  it("shows errors only where it is to be quiet", () => {
    const shown = (...words: readonly string[]) => requestOf(...words).shownFrom;
    assert.deepEqual(
      [shown(), shown("--min-severity=warning"), shown("--quiet"), shown("--quiet", "--min-severity=info")],
      ["info", "warning", "error", "error"],
    );
  });
});
