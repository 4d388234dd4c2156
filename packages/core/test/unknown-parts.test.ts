import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { allRules, type Finding, SourceFile } from "../src/index.ts";
import type { AnyRule } from "../src/rule/rule.ts";
import type { Span } from "../src/text/span.ts";
import type { YamlNode } from "../src/yaml/node.ts";
import { parseDocuments } from "../src/yaml/parse.ts";
import { type Case, readFixture } from "./support/fixture.ts";
import { runCase, settingsOf } from "./support/run-case.ts";

const folder = new URL("./rules/", import.meta.url);
const token = ['"$', '{X}"'].join("");

/** Where a finding may point at a value that is filled in later, because it speaks of something else. */
function isAnchor(rule: string, path: string): boolean {
  // Of what is missing the name is shown; of a command, its first word; of a directory of the node, its path.
  return (
    /(^|\.)name$/.test(path) ||
    /(command|args)\.#$/.test(path) ||
    (rule === "data-on-hostpath" && /hostPath/.test(path))
  );
}

/** A name that nothing else says is another object; a script that is not in view may be a server's; a resource is a file. */
function isNoValue(path: string): boolean {
  return /(^|\.)name$|command\.#$|^resources\.#$|^spec\.(selector\.app|ports\.#\.port)$/.test(path);
}

function scalarsOf(file: SourceFile): readonly { readonly span: Span; readonly path: string }[] {
  const found: { span: Span; path: string }[] = [];
  const visit = (node: YamlNode): void => {
    if (node.kind === "map") for (const [, value] of node.entries()) visit(value);
    else if (node.kind === "scalar") {
      const path = node.yamlPath.map((step) => (typeof step === "number" ? "#" : step)).join(".");
      if (path !== "apiVersion" && path !== "kind") found.push({ span: node.span, path });
    } else for (const item of node.items()) visit(item);
  };
  for (const { root } of parseDocuments(file)) if (root !== undefined) visit(root);
  return found;
}

function findingsOf(files: readonly SourceFile[], each: Case, rule: AnyRule): readonly Finding[] {
  return runCase(each, files, settingsOf(each, [rule])).findings.filter(({ ruleId }) => ruleId === rule.id);
}

describe("a value that is filled in later", () => {
  for (const rule of allRules)
    it(`draws no ${rule.id}`, () => {
      const name = `${rule.id}.yaml`;
      if (!readdirSync(folder).includes(name)) return;
      const spoken = new Set<string>();
      for (const each of readFixture(readFileSync(new URL(name, folder), "utf8"), name)) {
        const isQuiet = findingsOf(each.files, each, rule).length === 0;
        for (const [index, file] of each.files.entries()) {
          for (const { span, path } of scalarsOf(file)) {
            const { text } = file;
            const end = text[span.end - 1] === "\n" ? span.end - 1 : span.end; // of a block scalar
            const changed = `${text.slice(0, span.start)}${token}${text.slice(end)}`;
            const files = each.files.with(index, new SourceFile(file.uri, changed));
            for (const { location, severity } of findingsOf(files, each, rule)) {
              const { start } = location.span;
              const isAtToken = location.uri === file.uri && start >= span.start && start < span.start + token.length;
              if ((isAtToken && !isAnchor(rule.id, path)) || (isQuiet && severity === "error" && !isNoValue(path)))
                spoken.add(path);
            }
          }
        }
      }
      assert.deepEqual([...spoken], []);
    });
});
