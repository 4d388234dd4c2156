import { allRules, builtInRules, categories, categoryOf, matchesGlob } from "@dbops/core";
import { textFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { didYouMean, meantBy } from "../meaning.ts";
import { painter } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { readLevel } from "./levels.ts";
import { usesColor } from "./outputs.ts";
import { readColor } from "./request.ts";

const every = [...allRules, ...builtInRules];

/** Lists the rules, or those of some categories, globs and words, one a line, or as JSON. */
export function runRules(args: Arguments, io: Io): number {
  const chosen = new Set(args.positionals.flatMap(rulesFor));
  const rules = args.positionals.length === 0 ? every : every.filter((rule) => chosen.has(rule));
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
  const paint = painter({ color: usesColor(readColor(args), io) });
  const width = Math.max(...rules.map((rule) => rule.id.length));
  const room = io.isOutputTerminal ? io.width - width - 14 : Number.POSITIVE_INFINITY;
  const isBeside = room >= 40;
  let category: string | undefined;
  for (const rule of rules) {
    const own = categoryOf(rule.id) ?? "dbops itself";
    if (own !== category) io.out(`${category === undefined ? "" : "\n"}${paint("bold", own)}\n`);
    category = own;
    const isRecommended = rule.meta.presets.includes("recommended");
    const level = isRecommended ? rule.meta.severity : "only in all";
    const shown = paint(isRecommended ? rule.meta.severity : "dim", level.padEnd(isBeside ? 8 : 0));
    const lines = wrap(rule.meta.summary, isBeside ? room : io.width - 6);
    const gap = isBeside ? `\n${" ".repeat(width + 14)}` : "\n      ";
    io.out(`  ${rule.id.padEnd(isBeside ? width : 0)}  ${shown}${isBeside ? "  " : gap}${lines.join(gap)}\n`);
  }
  return 0;
}

/** @throws UsageError where nothing is called so */
function rulesFor(pattern: string): readonly (typeof every)[number][] {
  const ids = every.map(({ id }) => id);
  const found = every.filter(
    ({ id }) => id === pattern || categoryOf(id) === pattern || (pattern.includes("*") && matchesGlob(pattern, id)),
  );
  if (found.length > 0) return found;
  const meant = new Set(meantBy(pattern, [...ids, ...categories]));
  const speaking = new Set(rulesAbout(pattern));
  // One that is near is a question; several that hold the word, or speak of it, are what was asked for.
  const holding = every.filter(
    (rule) => speaking.has(rule) || meant.has(rule.id) || meant.has(categoryOf(rule.id) ?? ""),
  );
  if (meant.size > 1 || speaking.size > 0) return holding;
  throw new UsageError(
    `no rule or category is called ${pattern}${didYouMean(pattern, [...ids, ...categories], "see kubectl dbops rules")}`,
  );
}

/** Rules whose summaries hold a word, or where none does, whose explanations. */
function rulesAbout(word: string): readonly (typeof every)[number][] {
  const lower = word.toLowerCase();
  if (lower.length < 3) return [];
  const holds = (text: string): boolean => text.toLowerCase().includes(lower);
  const summaries = every.filter(({ meta }) => holds(meta.summary));
  return summaries.length > 0
    ? summaries
    : every.filter(({ meta }) => holds(`${meta.rationale} ${meta.remedy} ${meta.quietWhen ?? ""}`));
}
