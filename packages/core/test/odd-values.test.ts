import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { allRules, type Finding, SourceFile } from "../src/index.ts";
import type { YamlNode } from "../src/yaml/node.ts";
import { parseDocuments } from "../src/yaml/parse.ts";
import { readFixture } from "./support/fixture.ts";
import { runCase, settingsOf } from "./support/run-case.ts";

const folder = new URL("./rules/", import.meta.url);

function scalarsOf(file: SourceFile): readonly YamlNode[] {
  const found: YamlNode[] = [];
  const visit = (node: YamlNode): void => {
    if (node.kind === "scalar") found.push(node);
    else for (const each of node.kind === "map" ? node.entries().map(([, value]) => value) : node.items()) visit(each);
  };
  for (const { root } of parseDocuments(file)) if (root !== undefined) visit(root);
  return found;
}

function wordsOf({ message, remedy = "", related, fixes }: Finding): string {
  const more = [
    ...related.map((each) => each.message),
    ...fixes.map(({ title, consequence = "" }) => `${title} ${consequence}`),
  ];
  return [message, remedy, ...more].join(" ");
}

/** An indentation or a brace too many makes a map of it: that ends no run, and no message calls it undefined. */
describe("a map where a text belongs", () => {
  for (const rule of allRules)
    it(`is no word of ${rule.id}`, function () {
      this.timeout(120_000);
      const name = `${rule.id}.yaml`;
      if (!readdirSync(folder).includes(name)) return;
      for (const each of readFixture(readFileSync(new URL(name, folder), "utf8"), name)) {
        if (each.expectations.length === 0) continue;
        for (const [index, file] of each.files.entries()) {
          for (const { span, yamlPath } of scalarsOf(file)) {
            const end = file.text[span.end - 1] === "\n" ? span.end - 1 : span.end; // of a block scalar
            const changed = `${file.text.slice(0, span.start)}{ name: x }${file.text.slice(end)}`;
            const files = each.files.with(index, new SourceFile(file.uri, changed));
            for (const finding of runCase(each, files, settingsOf(each, [rule])).findings)
              assert.doesNotMatch(
                wordsOf(finding),
                /\b(?:undefined|NaN|Infinity)\b|\[object/,
                `${each.name}: ${yamlPath.join(".")}`,
              );
          }
        }
      }
    });
});
