// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { isScalar, parseAllDocuments, visit } from "yaml";
import { shellScript } from "../support/arbitrary-shell.ts";
import { commandsByUnbash, commandsByUs } from "../support/shell-oracle.ts";

/** Where we read a script otherwise than unbash, on purpose. */
const differences: readonly { readonly name: string; readonly script: string; readonly because: string }[] = [
  {
    name: "time after a pipe",
    script: "a | time pg_dump x",
    because: "the program that is measured is the one rules ask about",
  },
  {
    name: "a parenthesis in a command",
    script: "default (printf\n",
    because: "no shell takes it; what is in the parentheses is read as commands",
  },
  {
    name: "a quote in an expansion in double quotes",
    script: 'echo "${a:-it\'s}"; b',
    because: "it is a letter for dash; bash looks for another one",
  },
];

const folder = path.dirname(fileURLToPath(import.meta.url));
const archive = path.resolve(folder, "../../../../../shared/corpus/dev.tar.xz");

describe("scripts as unbash reads them", () => {
  it("all of our fixtures", () => {
    assert.ok(compare(textsUnder(path.join(folder, "../rules"))) > 200);
  }).timeout(60_000);

  it("all of the corpus, where it is there", function () {
    if (!existsSync(archive)) this.skip();
    const unpacked = mkdtempSync(path.join(tmpdir(), "dbops-corpus-"));
    try {
      execFileSync("tar", ["-xJf", archive, "-C", unpacked]);
      assert.ok(compare(textsUnder(unpacked)) > 1000);
    } finally {
      rmSync(unpacked, { recursive: true });
    }
  }).timeout(120_000);

  it("thousands of generated ones", () => {
    assert.ok(compare(fc.sample(shellScript, { numRuns: 4000, seed: 20 })) > 3000);
  }).timeout(60_000);

  for (const { name, script, because } of differences)
    it(`but for ${name}: ${because}`, () => assert.notDeepEqual(commandsByUs(script), commandsByUnbash(script)));
});

/** How many scripts both could read. */
function compare(scripts: Iterable<string>): number {
  let count = 0;
  for (const script of scripts) {
    const expected = commandsByUnbash(script);
    const actual = commandsByUs(script);
    if (expected === undefined || differences.some((each) => script.trimEnd().endsWith(each.script.trimEnd())))
      continue;
    assert.deepEqual(actual, expected, script);
    count++;
  }
  return count;
}

/** Every text of several words in manifests, and the shell scripts beside them. Most are no scripts, yet words are words. */
function textsUnder(root: string): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ya?ml|sh)$/.test(entry.name)) continue;
    const text = readFileSync(path.join(entry.parentPath, entry.name), "utf8");
    if (entry.name.endsWith(".sh")) texts.add(text);
    else
      for (const document of parseAllDocuments(text))
        if ("contents" in document)
          visit(document, (_, node) => {
            if (isScalar(node) && typeof node.value === "string" && /\s/.test(node.value)) texts.add(node.value);
          });
  }
  return texts;
}
