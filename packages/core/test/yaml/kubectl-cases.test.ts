import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SourceFile } from "../../src/text/source-file.ts";
import { parseDocuments } from "../../src/yaml/parse.ts";

interface Case {
  readonly name: string;
  readonly yaml: string;
  /** `json`: the exact text, where a number does not fit a double. */
  readonly kubectl: { readonly objects?: readonly unknown[]; readonly json?: string; readonly rejected?: string };
}

const { cases } = JSON.parse(readFileSync(new URL("./kubectl-cases.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

/** What dbops does instead, and why, where it does not agree with kubectl. */
const known: Readonly<Record<string, string>> = {
  '"\\"a\\"#c"': "a comment glued to a closing quote is refused, with its place",
  "NEL in scalar": "U+0085 breaks no line: the document is refused",
  "LS in scalar": "U+2028 breaks no line: the document is refused",
};

/** The objects dbops reads, or `rejected` when one document is not read. */
function read(text: string): { readonly objects?: readonly unknown[]; readonly rejected?: true } {
  const documents = parseDocuments(new SourceFile("case.yaml", text), { skipPrefilter: true });
  if (documents.some((document) => document.state === "unread")) return { rejected: true };
  const roots = documents.flatMap(({ root }) => (root === undefined || root.value === null ? [] : [root]));
  // The layer reads any root; objects are made of maps only, as kubectl does.
  if (roots.some((root) => root.kind !== "map")) return { rejected: true };
  const objects = roots.flatMap((root) =>
    root.string("kind") === "List" ? (root.at("items")?.items() ?? []) : [root],
  );
  return { objects: objects.map((node) => JSON.parse(JSON.stringify(node.value)) as unknown) };
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort())
      : each,
  );
}

describe("YAML as kubectl reads it", () => {
  for (const { name, yaml, kubectl } of cases) {
    const instead = known[name];
    if (instead !== undefined) {
      it(`${name}: ${instead}`, () => assert.equal(read(yaml).rejected, true));
      continue;
    }
    it(name, () => {
      const result = read(yaml);
      if (kubectl.json !== undefined) assert.equal(sortedJson(result.objects), sortedJson(JSON.parse(kubectl.json)));
      else if (kubectl.rejected === undefined)
        assert.deepEqual(result.objects, JSON.parse(JSON.stringify(kubectl.objects)));
      else assert.equal(result.rejected, true, `kubectl refuses it: ${kubectl.rejected}`);
    });
  }
});
