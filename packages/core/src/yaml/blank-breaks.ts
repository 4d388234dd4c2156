/**
 * The same text with line breaks and tabs inside flow collections and quoted scalars turned into spaces and comments in flow
 * collections blanked: same length, so that every offset holds. kubectl accepts continuations in the key's column
 * (`args: [` closed by `]` there), js-yaml does not.
 */
export function blankBreaks(text: string): string {
  const characters = [...Array(text.length).keys()].map((index) => text[index] ?? "");
  let flowDepth = 0;
  let index = 0;
  let blockIndent = -1;
  while (index < text.length) {
    const lineStart = index === 0 || text[index - 1] === "\n";
    if (lineStart && flowDepth === 0 && blockIndent >= 0) {
      // Inside a block scalar nothing has a meaning until the indentation ends.
      const end = lineEnd(text, index);
      const line = text.slice(index, end);
      if (line.trim() === "" || indentOf(line) > blockIndent) {
        index = end + 1;
        continue;
      }
      blockIndent = -1;
    }
    const character = text[index] ?? "";
    const before = text[index - 1] ?? "\n";
    if (character === "#" && /\s/.test(before)) {
      const end = lineEnd(text, index);
      if (flowDepth > 0) for (let at = index; at < end; at++) characters[at] = " ";
      index = end;
      continue;
    }
    if ((character === '"' || character === "'") && /[\s:\-,[{]/.test(before)) {
      const end = endOfQuoted(text, index);
      for (let at = index; at < end; at++) if (/[\n\r\t]/.test(text[at] ?? "")) characters[at] = " ";
      index = end;
      continue;
    }
    if (
      flowDepth === 0 &&
      /[|>]/.test(character) &&
      /[\s:]/.test(before) &&
      /^[|>][-+0-9]*[ \t]*(#.*)?\r?$/.test(text.slice(index, lineEnd(text, index)))
    ) {
      const start = text.lastIndexOf("\n", index) + 1;
      blockIndent = indentOf(text.slice(start, index));
      index = lineEnd(text, index) + 1;
      continue;
    }
    if ((character === "[" || character === "{") && (flowDepth > 0 || /[\s:-]/.test(before))) flowDepth++;
    else if ((character === "]" || character === "}") && flowDepth > 0) flowDepth--;
    else if (flowDepth > 0 && /[\n\r\t]/.test(character)) characters[index] = " ";
    index++;
  }
  return characters.join("");
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function endOfQuoted(text: string, start: number): number {
  const quote = text[start];
  for (let index = start + 1; index < text.length; index++) {
    if (quote === '"' && text[index] === "\\") index++;
    else if (text[index] === quote) {
      if (quote === "'" && text[index + 1] === "'") index++;
      else return index + 1;
    }
  }
  return text.length;
}
