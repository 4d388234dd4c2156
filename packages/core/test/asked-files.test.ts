import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { allRules, createProject, lint, SourceFile } from "../src/index.ts";
import { type Case, readFixture } from "./support/fixture.ts";

const folder = new URL("./rules/", import.meta.url);

/** The case with each document in a file of its own. */
function apart({ files }: Case): readonly SourceFile[] {
  return files.flatMap((file) => {
    const parts = /\.ya?ml$/.test(file.uri) ? file.text.split(/^---[ \t]*\n/m) : [file.text];
    if (parts.length < 2) return [file];
    return parts.map((text, index) => new SourceFile(file.uri.replace(/(?=\.ya?ml$)/, `-${index}`), text));
  });
}

describe("one file of a folder that was asked for", () => {
  for (const rule of allRules)
    it(`has the findings of ${rule.id} that it has among all`, () => {
      const name = `${rule.id}.yaml`;
      if (!readdirSync(folder).includes(name)) return;
      for (const each of readFixture(readFileSync(new URL(name, folder), "utf8"), name)) {
        const files = apart(each);
        if (files.length < 2) continue;
        const options = each.settings.options === undefined ? "" : `rules:\n  ${rule.id}: ${each.settings.options}\n`;
        const project = createProject({
          files,
          configs: [new SourceFile("/case/.dbops.yaml", `extends: all\n${options}`)],
          root: "/case",
          view: each.settings.view === "file" ? "file" : "folder",
          today: each.settings.today ?? "2026-11-24",
          rules: [rule],
        });
        const found = (requested: ReadonlySet<string>): readonly string[] =>
          lint({ project, requested, onCrash: "throw" }).findings.map(
            ({ location: { uri, span }, message }) => `${uri}:${span.start} ${message}`,
          );
        const all = found(new Set(files.map(({ uri }) => uri)));
        const alone = files.flatMap(({ uri }) => found(new Set([uri])));
        assert.deepEqual([...alone].sort(), [...all].sort(), each.name);
      }
    });
});
