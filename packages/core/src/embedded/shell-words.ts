import type { Span } from "../text/span.ts";

/** What the scanner of a shell script hands on. Spans are offsets into the script. */
export interface ShellToken {
  /** separator: `;`, `&`, newline. operator: `&&`, `||`, `|`, `(`, `)`. */
  readonly kind: "word" | "separator" | "operator" | "redirect";
  readonly span: Span;
  /** Decoded; undefined for a word known only at run time. Operators as written. */
  readonly text: string | undefined;
  /** The scripts inside `$( )` and backticks of this word. */
  readonly substitutions: readonly Span[];
}

const operators = ["&&", "||", ";;", "|&", "|", "(", ")", ";", "&", "\n"];

/**
 * Cuts a POSIX or bash script into words and operators: quotes, escapes, comments, substitutions, here-documents.
 * Total: an unclosed quote ends with the text.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
export function scanShell(script: string): readonly ShellToken[] {
  const tokens: ShellToken[] = [];
  const heredocs: { readonly delimiter: string; readonly stripsTabs: boolean }[] = [];
  let position = 0;
  while (position < script.length) {
    const character = script[position] ?? "";
    if (character === "\n" && heredocs.length > 0) {
      tokens.push({ kind: "separator", span: { start: position, end: position + 1 }, text: "\n", substitutions: [] });
      position = skipHeredocs(script, position + 1, heredocs.splice(0));
      continue;
    }
    if (character === " " || character === "\t" || character === "\r") position++;
    else if (character === "\\" && /^\\\r?\n/.test(script.slice(position, position + 3)))
      position += script[position + 1] === "\r" ? 3 : 2;
    else if (character === "#") while (position < script.length && script[position] !== "\n") position++;
    else {
      const token = readRedirect(script, position) ?? readOperator(script, position) ?? readWord(script, position);
      tokens.push(token);
      position = Math.max(token.span.end, position + 1);
      if (token.kind === "redirect" && /<<-?$/.test(token.text ?? "")) {
        const delimiter = readWord(script, position + (/^[ \t]*/.exec(script.slice(position))?.[0].length ?? 0));
        heredocs.push({ delimiter: delimiter.text ?? "", stripsTabs: token.text?.endsWith("-") === true });
      }
    }
  }
  return tokens;
}

function skipHeredocs(
  script: string,
  start: number,
  pending: readonly { readonly delimiter: string; readonly stripsTabs: boolean }[],
): number {
  let position = start;
  for (const { delimiter, stripsTabs } of pending) {
    while (position < script.length) {
      const end = script.indexOf("\n", position);
      const line = script.slice(position, end < 0 ? script.length : end).replace(/\r$/, "");
      position = end < 0 ? script.length : end + 1;
      if ((stripsTabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
    }
  }
  return position;
}

function readOperator(script: string, position: number): ShellToken | undefined {
  if (!"&|;()\n".includes(script[position] ?? "")) return undefined;
  const text = operators.find((operator) => script.startsWith(operator, position));
  if (text === undefined) return undefined;
  const kind = text === ";" || text === "&" || text === "\n" || text === ";;" ? "separator" : "operator";
  return {
    kind,
    span: { start: position, end: position + text.length },
    text: text === "|&" ? "|" : text,
    substitutions: [],
  };
}

function readRedirect(script: string, position: number): ShellToken | undefined {
  // Words are many: one look at the first character tells most of them.
  if (!"0123456789&<>".includes(script[position] ?? "")) return undefined;
  const match = /^(?:\d*|&)(?:>>|>\||>&|<<<|<<-|<<|<&|<>|>|<)/.exec(script.slice(position, position + 8));
  if (match === null) return undefined;
  return {
    kind: "redirect",
    span: { start: position, end: position + match[0].length },
    text: match[0],
    substitutions: [],
  };
}

const wordEnd = /[\s;&|()<>]/;
const outsideQuotes = /[^\s;&|()<>'"\\$`]+/y;
const insideQuotes = /[^"\\$`]+/y;

function readWord(script: string, start: number): ShellToken {
  const substitutions: Span[] = [];
  let text: string | undefined = "";
  let position = start;
  const add = (part: string): void => {
    text = text === undefined ? undefined : text + part;
  };
  /** Adds what matches here, or the one character that stands here. */
  const addRun = (pattern: RegExp): void => {
    pattern.lastIndex = position;
    const part = pattern.exec(script)?.[0] ?? script[position] ?? "";
    add(part);
    position += part.length;
  };
  const skipDollar = (): void => {
    const end = endOfExpansion(script, position);
    if (end === position + 1) add("$");
    else {
      text = undefined;
      if (script[position] === "`") substitutions.push({ start: position + 1, end: end - 1 });
      else if (script.startsWith("$(", position) && !script.startsWith("$((", position))
        substitutions.push({ start: position + 2, end: end - 1 });
    }
    position = end;
  };
  while (position < script.length) {
    const character = script[position] ?? "";
    if (wordEnd.test(character)) break;
    if (character === "'") {
      const end = closing(script, position + 1, "'");
      add(script.slice(position + 1, end));
      position = end + 1;
    } else if (character === '"') {
      position++;
      while (position < script.length && script[position] !== '"') {
        if (script[position] === "\\" && /["\\$`\n]/.test(script[position + 1] ?? "")) {
          add(script[position + 1] === "\n" ? "" : (script[position + 1] ?? ""));
          position += 2;
        } else if (script[position] === "$" || script[position] === "`") skipDollar();
        else addRun(insideQuotes);
      }
      position++;
    } else if (character === "\\") {
      add(script[position + 1] === "\n" ? "" : (script[position + 1] ?? ""));
      position += 2;
    } else if (character === "$" || character === "`") skipDollar();
    else addRun(outsideQuotes);
  }
  return { kind: "word", span: { start, end: Math.min(position, script.length) }, text, substitutions };
}

function closing(script: string, from: number, quote: string): number {
  const end = script.indexOf(quote, from);
  return end < 0 ? script.length : end;
}

/** The offset behind `$NAME`, `${…}`, `$( … )`, `$(( … ))` or a backtick pair that begins at `position`. */
function endOfExpansion(script: string, position: number): number {
  if (script[position] === "`") return Math.min(script.length, closing(script, position + 1, "`") + 1);
  const next = script[position + 1] ?? "";
  if (next === "(" || next === "{") {
    const open = next;
    const close = open === "(" ? ")" : "}";
    let depth = 0;
    for (let index = position + 1; index < script.length; index++) {
      const character = script[index];
      if (character === "\\") index++;
      else if (character === "'" && open === "(") index = closing(script, index + 1, "'");
      else if (character === open) depth++;
      else if (character === close && --depth === 0) return index + 1;
    }
    return script.length;
  }
  const name = /^\$([A-Za-z_]\w*|[0-9@*#?$!-])/.exec(script.slice(position, position + 80));
  return position + (name?.[0].length ?? 1);
}
