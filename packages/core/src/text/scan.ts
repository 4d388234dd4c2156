// What a backtracking pattern would find by trying again from each place, found in one pass. Texts come from strangers' files:
// whatever reads one takes time in proportion to its length. `pnpm check` judges every regular expression.

/** Patterns of which each is found behind the one before it, in one line: `a.*b`, without looking for `b` again from each `a`. */
export type Pattern = RegExp | readonly RegExp[];

export function isIn(text: string, pattern: Pattern): boolean {
  return "exec" in pattern ? pattern.test(text) : findInOrder(text, pattern) !== undefined;
}

export const isAnyIn = (text: string, patterns: readonly Pattern[]): boolean =>
  patterns.some((pattern) => isIn(text, pattern));

/** The matches of patterns in the first line that holds all of them in this order; offsets are those of the rest behind the one before. */
export function findInOrder(text: string, patterns: readonly RegExp[]): readonly RegExpExecArray[] | undefined {
  const [first] = patterns;
  if (first === undefined || !first.test(text)) return undefined;
  for (const line of text.split("\n")) {
    const matches: RegExpExecArray[] = [];
    let rest = line;
    for (const pattern of patterns) {
      const match = pattern.exec(rest);
      if (match === null) break;
      matches.push(match);
      rest = rest.slice(match.index + match[0].length);
    }
    if (matches.length === patterns.length) return matches;
  }
  return undefined;
}

/** The text without the given character at its end. */
export function withoutEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}

/** A directory's path without slashes at its end; the root is empty, so that `${directory}/…` is a path in it. */
export const directoryPath = (path: string): string => withoutEnd(path, "/");

export const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The text without what stands between two marks, and without them; a mark that is never closed stays. */
export function withoutBetween(text: string, opening: string, closing: string): string {
  let result = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf(opening, at);
    const end = start < 0 ? -1 : text.indexOf(closing, start + opening.length);
    if (end < 0) return result + text.slice(at);
    result += text.slice(at, start);
    at = end + closing.length;
  }
}
