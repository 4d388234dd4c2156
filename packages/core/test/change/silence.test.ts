import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { diffFiles, type Files } from "../support/diff.ts";
import { readFixture } from "../support/fixture.ts";

const folder = new URL("../rules/", import.meta.url);

const cases: readonly (readonly [name: string, files: Files])[] = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml") && !name.endsWith(".fixed.yaml"))
  .flatMap((name) => readFixture(readFileSync(new URL(name, folder), "utf8"), name))
  .map(({ name, files }) => [
    name,
    Object.fromEntries(files.map(({ uri, text }) => [uri.slice("/case/".length), text])),
  ]);

/** The files with each text changed. */
const each = (files: Files, change: (text: string, name: string) => string): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, change(text, name)]));

/** What somebody does to a text that changes no object. */
const rewritings: Readonly<Record<string, (files: Files) => Files>> = {
  "the same text": (files) => files,
  "comments and blank lines": (files) =>
    each(files, (text) => `# reviewed\n\n${text.replace(/^(apiVersion: .*)$/gm, "$1 # as before\n")}`),
  "another file": (files) => Object.fromEntries(Object.entries(files).map(([name, text]) => [`moved/${name}`, text])),
  "another layout, and another order of keys": (files) =>
    each(files, (text, name) => (/kustomization/.test(name) ? text : reordered(text))),
};

/** Each document as JSON, the keys of its maps turned round. */
function reordered(text: string): string {
  const documents = parseAllDocuments(text, { version: "1.1", merge: true, uniqueKeys: false, logLevel: "silent" });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return text;
  return documents.map((document) => `${JSON.stringify(turned(document.toJS()), null, 1)}\n`).join("---\n");
}

function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, turned(field)]),
  );
}

describe("diff says nothing of", () => {
  for (const [name, rewrite] of Object.entries(rewritings))
    it(`${name}, for every fixture`, function () {
      this.timeout(120_000);
      const loud = cases.flatMap(([title, files]) => {
        const { findings, verdicts } = diffFiles(files, rewrite(files));
        const said = [
          ...findings.map(({ ruleId }) => ruleId),
          ...verdicts
            .filter(({ verdict }) => verdict !== "applies-in-place")
            .map((v) => `${v.name} ${v.verdict} ${v.because}`),
        ];
        return said.length === 0 ? [] : [`${title}: ${said.join(", ")}`];
      });
      assert.deepEqual(loud, []);
    });
});
