import { allRules, builtInRules, categoryOf } from "@dbops/core";
import { textFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { readLevel } from "./levels.ts";

/** Lists the rules, one a line, or as JSON. */
export function runRules(args: Arguments, io: Io): number {
  const rules = [...allRules, ...builtInRules];
  if (readLevel("output", args.value("output"), textFormats) === "json") {
    const rows = rules.map((rule) => ({
      id: rule.id,
      category: categoryOf(rule.id) ?? "dbops",
      severity: rule.meta.severity,
      presets: rule.meta.presets,
      fixable: rule.meta.fixable,
      since: rule.meta.since,
      summary: rule.meta.summary,
    }));
    io.out(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  const width = Math.max(...rules.map((rule) => rule.id.length));
  let category: string | undefined;
  for (const rule of rules) {
    const own = categoryOf(rule.id) ?? "dbops itself";
    if (own !== category) io.out(`${category === undefined ? "" : "\n"}${own}\n`);
    category = own;
    const preset = rule.meta.presets.includes("recommended") ? rule.meta.severity : "only in all";
    io.out(`  ${rule.id.padEnd(width)}  ${preset.padEnd(8)}  ${rule.meta.summary}\n`);
  }
  return 0;
}
