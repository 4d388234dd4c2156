import { type SourceFile, type Span, secretSpans } from "@dbops/core";

/** A patch, and how many of its lines are not shown as they are because they hold secrets: it does not apply there. */
export interface Diff {
  readonly text: string;
  readonly hiddenLines: number;
}

/** Lines around a change. */
const mostContext = 3;

/**
 * A unified diff of two texts that differ in few places, for `patch -p1` and `git apply`. Context stops before a line that holds a
 * secret; a changed line that holds one is shown without it. https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 */
export function unifiedDiff(before: SourceFile, after: SourceFile, path: string, secrets: readonly Span[]): Diff {
  const old = shownLines(before, secrets);
  const now = shownLines(after, secretSpans(after));
  const lines = compare(linesOf(before.text), linesOf(after.text));
  const hunks = hunksOf(lines, (line) => old[line.a]?.isHidden === true);
  let hiddenLines = 0;
  const body = (line: Line): string => {
    const shown = line.mark === "+" ? now[line.b] : old[line.a];
    const text = shown?.text ?? line.text;
    if (shown?.isHidden === true) hiddenLines++;
    // A text that does not end with a line break says so. https://www.gnu.org/software/diffutils/manual/html_node/Incomplete-Lines.html
    return `${line.mark}${text.endsWith("\n") ? text : `${text}\n\\ No newline at end of file\n`}`;
  };
  const texts = hunks.map((hunk) => {
    const [first] = hunk;
    const old = hunk.filter((line) => line.mark !== "+").length;
    const now = hunk.filter((line) => line.mark !== "-").length;
    const range = (start: number, count: number): string => `${count === 0 ? start : start + 1},${count}`;
    return `@@ -${range(first?.a ?? 0, old)} +${range(first?.b ?? 0, now)} @@\n${hunk.map(body).join("")}`;
  });
  if (texts.length === 0) return { text: "", hiddenLines };
  // A name with a space ends at a tab. https://git-scm.com/docs/diff-format
  const end = /\s/.test(path) ? "\t" : "";
  return { text: `--- a/${path}${end}\n+++ b/${path}${end}\n${texts.join("")}`, hiddenLines };
}

/** Lines with their line breaks. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The lines of a text with `…` where secrets stand; one of several lines is hidden line by line. */
function shownLines(
  { text }: SourceFile,
  secrets: readonly Span[],
): readonly { readonly text: string; readonly isHidden: boolean }[] {
  let start = 0;
  let next = 0;
  return linesOf(text).map((line) => {
    const end = start + line.trimEnd().length;
    let shown = "";
    let at = start;
    while ((secrets[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++;
    for (let index = next; (secrets[index]?.start ?? Number.POSITIVE_INFINITY) < end; index++) {
      const secret = secrets[index] as Span;
      // Indentation tells nothing.
      const from = Math.max(secret.start, start + line.search(/\S|$/));
      shown += `${text.slice(at, from)}…`;
      at = Math.min(secret.end, end);
    }
    const isHidden = shown !== "";
    shown += text.slice(at, start + line.length);
    start += line.length;
    return { text: shown, isHidden };
  });
}

interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
  /** Its number (from zero) in either text; for a line that one of them lacks, the number of the next. */
  readonly a: number;
  readonly b: number;
}

function compare(a: readonly string[], b: readonly string[]): readonly Line[] {
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const text = a[i];
    if (text !== undefined && text === b[j]) lines.push({ mark: " ", text, a: i++, b: j++ });
    else {
      const [endA, endB] = nextCommon(a, b, i, j);
      for (; i < endA; i++) lines.push({ mark: "-", text: a[i] ?? "", a: i, b: j });
      for (; j < endB; j++) lines.push({ mark: "+", text: b[j] ?? "", a: i, b: j });
    }
  }
  return lines;
}

/** Runs of lines around the changes; the context stops before a line that may not be shown. */
function hunksOf(lines: readonly Line[], isHidden: (line: Line) => boolean): readonly (readonly Line[])[] {
  const shown = new Set<number>();
  for (const [index, line] of lines.entries()) {
    if (line.mark === " ") continue;
    shown.add(index);
    for (const step of [-1, 1])
      for (let distance = 1; distance <= mostContext; distance++) {
        const next = lines[index + step * distance];
        if (next === undefined || (next.mark === " " && isHidden(next))) break;
        shown.add(index + step * distance);
      }
  }
  const hunks: Line[][] = [];
  for (const [index, line] of lines.entries()) {
    if (!shown.has(index)) continue;
    if (index > 0 && shown.has(index - 1)) hunks.at(-1)?.push(line);
    else hunks.push([line]);
  }
  return hunks;
}

/** The nearest pair of positions from which both texts agree for two lines (or to the end). */
function nextCommon(a: readonly string[], b: readonly string[], i: number, j: number): readonly [number, number] {
  for (let distance = 1; distance <= a.length - i + (b.length - j); distance++) {
    for (let skipA = Math.max(0, distance - (b.length - j)); skipA <= Math.min(distance, a.length - i); skipA++) {
      const at = i + skipA;
      const bt = j + distance - skipA;
      if (at === a.length && bt === b.length) return [at, bt];
      if (at < a.length && bt < b.length && a[at] === b[bt] && (a[at + 1] === b[bt + 1] || at + 1 === a.length))
        return [at, bt];
    }
  }
  return [a.length, b.length];
}
