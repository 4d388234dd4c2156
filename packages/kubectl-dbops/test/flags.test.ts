import assert from "node:assert/strict";
import { checkPairings, parseFlags } from "../src/flags.ts";
import { verbs } from "../src/verbs.ts";

/** What is said against these words of lint; undefined: nothing. */
function refusal(words: readonly string[]): string | undefined {
  const lint = verbs.find(({ name }) => name === "lint");
  assert.ok(lint !== undefined);
  try {
    checkPairings(parseFlags(words, lint.flags, "lint"), lint.pairings ?? []);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("flags that need or exclude each other", () => {
  const kustomized = "-k lints what kustomize renders, which --fix cannot change; fix the files themselves";
  const withSuppress = (other: string): string =>
    `--suppress writes comments into files; it cannot be combined with --${other}`;
  const suppress = ["--suppress=quorum-of-two", "--reason=known"];
  const cases: readonly (readonly [readonly string[], string | undefined])[] = [
    [[], undefined],
    [["-k", "shop"], undefined],
    [["-k", "shop", "--fix"], kustomized],
    [["-k", "shop", "--diff"], kustomized],
    [["-k", "shop", "--fix-dry-run"], kustomized],
    [["--unsafe-fixes"], "--unsafe-fixes requires --fix or --diff"],
    [["--unsafe-fixes", "--fix"], undefined],
    [["--unsafe-fixes", "--diff"], undefined],
    [["--unsafe-fixes", "--fix-dry-run"], undefined],
    [["--reason=known"], "--reason requires --suppress"],
    [suppress, undefined],
    [[...suppress, "--fix"], withSuppress("fix")],
    [[...suppress, "--diff"], withSuppress("diff")],
    [[...suppress, "--fix-dry-run"], withSuppress("fix-dry-run")],
    [[...suppress, "-k", "shop"], withSuppress("kustomize")],
    [[...suppress, "--write-baseline=b.json"], withSuppress("write-baseline")],
    [[...suppress, "-o", "json"], withSuppress("output")],
    [[...suppress, "--no-inline-config"], withSuppress("no-inline-config")],
    [["--allow-remote"], "--allow-remote requires -k"],
    [["--allow-remote", "-k", "shop"], undefined],
  ];
  for (const [words, expected] of cases) it(words.join(" ") || "no flag", () => assert.equal(refusal(words), expected));
});
