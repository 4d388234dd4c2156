// Helm keeps no lines. A copy of a chart whose template lines end in a comment that names them renders to the same lines: the comments
// tell where each of them was written.

/** What ends a marked line: the number of its file, and its line, from 0. */
const mark = (file: number, line: number): string => ` #@${file}:${line}@`;

/**
 * The template with marks behind its lines. Not behind those that trim what follows, or continue in the next one (an action, a comment
 * of the template, a plain text of several lines): there a mark would change what Helm reads.
 */
export function markedTemplate(text: string, file: number): string {
  const lines = text.split("\n");
  const isFollowedDeeper = deeperBelow(lines);
  let isInAction = false;
  return lines
    .map((written, line) => {
      const content = written.endsWith("\r") ? written.slice(0, -1) : written;
      const wasInAction = isInAction;
      isInAction = endsInAction(content, wasInAction);
      const isWhole = !isInAction && !wasInAction && !isControl(content) && !/-\}\}\s*$|^---|\\$/.test(content);
      if (
        !isWhole ||
        !(isInsertion(content) || isEntry(content)) ||
        (hasText(content) && isFollowedDeeper[line] === true)
      )
        return written;
      // What follows begins a line of its own: the key is the end of this one.
      const key = /^\s*(?:- )?[\w./"'-]+:(?=\s+\{\{-)/.exec(content)?.[0] ?? "";
      const behindKey = key === "" ? content : `${key}${mark(file, line)}${content.slice(key.length).trimStart()}`;
      return `${behindKey}${mark(file, line)}`;
    })
    .join("\n");
}

/**
 * A template in which every action is a word, or blanks where a line holds nothing else: it reads as YAML, at the same places. The word
 * keeps the letters of the action, so that a password among them is found as one.
 */
export function withoutActions(text: string): string {
  let isInAction = false;
  return text
    .split("\n")
    .map((line) => {
      const wasInAction = isInAction;
      isInAction = endsInAction(line, wasInAction);
      if (!wasInAction && !isInAction && !line.includes("{{")) return line;
      const parts: string[] = [];
      let isIn = wasInAction;
      for (let at = 0; at < line.length; ) {
        const found = line.indexOf(isIn ? "}}" : "{{", at);
        const end = found < 0 ? line.length : isIn ? found + 2 : found;
        parts.push(isIn ? line.slice(at, end).replace(/[^\w.]/g, "_") : line.slice(at, end));
        if (found >= 0) isIn = !isIn;
        at = end;
      }
      // A line of nothing but actions.
      const isWritten = parts.some((part, index) => (index % 2 === 0) !== wasInAction && part.trim() !== "");
      return isWritten ? parts.join("") : " ".repeat(line.length);
    })
    .join("\n");
}

/** For each line whether the next one that writes something is further in. */
function deeperBelow(lines: readonly string[]): readonly boolean[] {
  let below = 0;
  return lines
    .toReversed()
    .map((line) => {
      const indent = line.search(/\S/);
      const isDeeper = below > (/^\s*(?:- +)*/.exec(line)?.[0].length ?? 0);
      if (indent >= 0 && !isControl(line)) below = indent;
      return isDeeper;
    })
    .toReversed();
}

/** An action that writes nothing. */
function isControl(line: string): boolean {
  return /^\s*\{\{-?\s*(?:if|else|end|range|with|define|block|\/\*|\$)/.test(line);
}

/** `key: value`, `- item`, `key:`: other lines may be in the middle of a text. */
function isEntry(line: string): boolean {
  return /^\s*(?:- |-$|(?:- )?[^\s#'"{[:]+:(?:\s|$)|(?:- )?(?:"[^"]*"|'[^']*'):(?:\s|$))/.test(line);
}

/** Whether the value of an entry begins as a plain text, which deeper lines go on with. */
function hasText(line: string): boolean {
  let value = line.trim();
  while (value.startsWith("- ")) value = value.slice(2).trimStart();
  const colon = value.search(/:\s/);
  // A quoted key may hold a colon itself: what follows it then looks like one more entry, and is none of a text.
  if (colon >= 0) value = value.slice(colon + 1).trim();
  return value !== "" && !value.endsWith(":") && !/^[|>&!"'[{#]/.test(value) && !/:\s/.test(value);
}

function endsInAction(line: string, startsInAction: boolean): boolean {
  let isIn = startsInAction;
  for (let at = 0; ; ) {
    const next = line.indexOf(isIn ? "}}" : "{{", at);
    if (next < 0) return isIn;
    isIn = !isIn;
    at = next + 2;
  }
}

/** Whether all that a line of a template writes is what an action inserts. */
function isInsertion(line: string): boolean {
  return line.trimStart().startsWith("{{");
}

/** The file and line that wrote a line of rendered text. */
export interface Mark {
  readonly file: number;
  readonly line: number;
  /** False: the line bears no mark of its own, this is one next to it. */
  readonly isOwn: boolean;
}

/**
 * For each line of the rendered text the mark of the same line of the marked one. A line without any has that of what inserted it, which
 * ends in its mark, or else of the line above; documents whose lines do not correspond have none.
 */
export function marksOf(
  rendered: string,
  marked: string,
  lineOf: (mark: Mark) => string | undefined,
): readonly (Mark | undefined)[] {
  const [plain, other] = [documentsOf(rendered), documentsOf(marked)];
  return plain.flatMap((lines, index) => {
    const twin = other[index];
    if (twin === undefined || twin.length !== lines.length || other.length !== plain.length)
      return lines.map(() => undefined);
    const marks = twin.map(markIn);
    let below: Mark | undefined;
    for (let line = marks.length - 1; line >= 0; line--) {
      const own = marks[line];
      if (own !== undefined) below = isInsertion(lineOf(own) ?? "") ? { ...own, isOwn: false } : undefined;
      else marks[line] = below;
    }
    let above: Mark | undefined;
    return marks.map((own) => {
      if (own?.isOwn === true) above = { ...own, isOwn: false };
      return own ?? above;
    });
  });
}

/** The lines of each document, the `---` that begins it among them. */
function documentsOf(text: string): readonly (readonly string[])[] {
  const documents: string[][] = [[]];
  for (const line of text.split("\n")) {
    if (line.startsWith("---") && (documents.at(-1)?.length ?? 0) > 0) documents.push([]);
    documents.at(-1)?.push(line);
  }
  return documents;
}

/** The last mark of a line: what an action inserts may end in marks of its own. */
function markIn(line: string): Mark | undefined {
  const start = line.lastIndexOf("#@");
  const found = start < 0 ? null : /^#@(\d+):(\d+)@/.exec(line.slice(start));
  return found === null ? undefined : { file: Number(found[1]), line: Number(found[2]), isOwn: true };
}
