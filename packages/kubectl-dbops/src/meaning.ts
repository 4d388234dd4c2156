import { closest } from "@dbops/core";

/** The names that a word probably means: by other case, but for one letter, as a beginning, as a part (`pooling` of `pooler-…`), else by spelling. */
export function meantBy(word: string, names: readonly string[]): readonly string[] {
  const lower = word.toLowerCase();
  const same = names.filter((name) => name.toLowerCase() === lower);
  if (same.length > 0) return same;
  const slip = closest(lower, names, 1);
  if (slip !== undefined) return [slip];
  const beginning = names.filter((name) => name.startsWith(lower));
  if (lower.length >= 3 && beginning.length > 0) return beginning;
  const stem = lower.replace(/(?:ing|ers?|s)$/, "");
  const inside = stem.length < 4 ? [] : names.filter((name) => name.includes(stem));
  if (inside.length > 0) return inside;
  const near = closest(lower, names);
  return near === undefined ? [] : [near];
}

/** The same of rules and categories; of many, the command that lists them. */
export function didYouMeanRule(word: string, names: readonly string[]): string {
  const { length } = meantBy(word, names);
  return length > 3
    ? `; kubectl dbops rules ${word} lists ${length} that may be meant`
    : didYouMean(word, names, "see kubectl dbops rules");
}

/** `; did you mean --select?`, `; did you mean a, b or c?`, or where to look instead. */
export function didYouMean(
  word: string,
  names: readonly string[],
  elsewhere: string,
  shown = (name: string) => name,
): string {
  const meant = meantBy(word, names).map(shown);
  const [first] = meant;
  if (first === undefined) return `; ${elsewhere}`;
  if (meant.length === 1) return `; did you mean ${first}?`;
  const rest = meant.length - 3;
  const all = rest > 1 ? [...meant.slice(0, 3), `${rest} others`] : meant;
  return `; did you mean ${all.slice(0, -1).join(", ")} or ${all.at(-1)}?`;
}
