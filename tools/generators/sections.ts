import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { allRules, categories, categoryOf } from "@dbops/core";
import type { GeneratedFile } from "./generated-file.ts";
import { optionTable } from "./rule-docs.ts";

/** Parts of hand-written pages that are generated: between `<!-- generated: name -->` and `<!-- end -->`. */
const sections: Readonly<Record<string, () => readonly string[]>> = {
  options: () => optionTable(allRules),
  rules: () => [
    "| Subject | Rules |",
    "| --- | --- |",
    ...categories.map((category) => {
      const rules = allRules.filter((rule) => categoryOf(rule.id) === category);
      return `| ${category} | ${rules.map(({ id }) => `[${id}](docs/rules/${id}.md)`).join(" · ")} |`;
    }),
  ],
};

/** The pages with their generated parts made anew. */
export function sectionedPages(root: string): readonly GeneratedFile[] {
  return ["README.md", "docs/configuration.md"].flatMap((page) => {
    const file = path.join(root, page);
    if (!existsSync(file)) return [];
    const text = readFileSync(file, "utf8").replace(
      /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
      (whole, start: string, name: string, end: string) => {
        const lines = sections[name]?.();
        return lines === undefined ? whole : `${start}\n${lines.join("\n")}\n\n${end}`;
      },
    );
    return [{ path: page, text }];
  });
}
