import { CHOMPING_MODE } from "js-yaml";
import { BlockScalar } from "./block-scalar.ts";
import { LineScalar, type RawMap, type RawNode, type RawScalar, type RawSequence } from "./raw.ts";
import { plainValue } from "./scalar.ts";

/** Thrown and caught in this file: the text leaves the style that is read here. */
class Unusual extends Error {}
const unusual = new Unusual();

const newline = 10;
const carriageReturn = 13;
const space = 32;
const hash = 35;
const dash = 45;
const colon = 58;

/** Deeper, longer and larger than manifests are: js-yaml decides, with its own limits. */
const deepest = 60;
const longestKey = 120;
const mostKeys = 400;
const mostNodes = 100_000;

// Control and invisible characters, carriage returns that end no line, halves of characters: each has rules of its own.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const special = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)/;

/** Infinities and NaN have no JSON form. */
const endless = /^[-+]?\.(inf|nan)$/i;

/**
 * Reads the style in which nearly all manifests are written: block maps and lists, scalars on one line, block scalars, flow
 * collections on one line. Anything else (anchors, tags, tabs, text on several lines, equal or typed keys, every error) gives
 * undefined, and js-yaml reads it. What it returns is what js-yaml's events give, so nothing depends on who read.
 */
export function readPlain(text: string): RawNode | undefined {
  if (special.test(text)) return undefined;
  try {
    return new PlainReader(text).read();
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

class PlainReader {
  readonly #text: string;
  /** Offset and column of the next token that begins a line's content; column -1 behind the last one. */
  #at = 0;
  #column = 0;
  #depth = 0;
  /** Parts of the collections that are open: one list for all, so that each collection gets one of exactly its size. */
  readonly #parts: RawNode[] = [];
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): RawNode {
    this.#nextLine(-1);
    const root = this.#block();
    if (this.#column !== -1) throw unusual;
    return root;
  }

  /** Goes to the next line with content; `from` is the line break before it. */
  #nextLine(from: number): void {
    const text = this.#text;
    const { length } = text;
    let index = from;
    while (index < length) {
      const start = index + 1;
      index = start;
      while (text.charCodeAt(index) === space) index++;
      if (index >= length) break;
      const code = text.charCodeAt(index);
      if (code === newline) continue;
      if (code === carriageReturn) {
        index++;
        continue;
      }
      if (code === hash) {
        index = text.indexOf("\n", index);
        if (index < 0) break;
        continue;
      }
      this.#at = index;
      this.#column = index - start;
      // `---` and `...` end documents.
      if (this.#column === 0 && (code === 46 || (code === dash && text.charCodeAt(index + 1) === dash))) throw unusual;
      return;
    }
    this.#at = length;
    this.#column = -1;
  }

  /** Behind a value nothing but a comment may follow on its line. */
  #endLine(from: number): void {
    const text = this.#text;
    let index = from;
    while (text.charCodeAt(index) === space) index++;
    if (text.charCodeAt(index) === carriageReturn) index++;
    if (index < text.length && text.charCodeAt(index) !== newline) {
      if (text.charCodeAt(index) !== hash || index === from) throw unusual;
      index = text.indexOf("\n", index);
    }
    this.#nextLine(index < 0 ? text.length : index);
  }

  #isBreak(index: number): boolean {
    const code = this.#text.charCodeAt(index);
    return code === space || code === newline || code === carriageReturn || index >= this.#text.length;
  }

  #isItem(index: number): boolean {
    return this.#text.charCodeAt(index) === dash && this.#isBreak(index + 1);
  }

  #block(): RawNode {
    return this.#isItem(this.#at) ? this.#sequence(this.#column) : this.#map(this.#column);
  }

  #map(indent: number): RawMap {
    if (++this.#depth > deepest) throw unusual;
    const start = this.#at;
    const from = this.#parts.length;
    do {
      const key = this.#key();
      this.#pushKey(key, from);
      this.#parts.push(this.#valueOf(key, indent));
    } while (this.#column === indent && !this.#isItem(this.#at));
    if (this.#column >= indent) throw unusual;
    const pairs = this.#close(from);
    return new PlainMap(start, Math.max(start, pairs.at(-1)?.end ?? start), pairs, false);
  }

  #sequence(indent: number): RawSequence {
    if (++this.#depth > deepest) throw unusual;
    const start = this.#at;
    const from = this.#parts.length;
    do this.#parts.push(this.#item(indent));
    while (this.#column === indent && this.#isItem(this.#at));
    if (this.#column > indent) throw unusual;
    const items = this.#close(from);
    return new PlainSequence(start, items.at(-1)?.end ?? start, items, false);
  }

  /** The parts of the collection that ends here. */
  #close(from: number): readonly RawNode[] {
    this.#depth--;
    const parts = this.#parts.slice(from);
    this.#parts.length = from;
    this.#nodes += parts.length;
    if (this.#nodes > mostNodes) throw unusual;
    return parts;
  }

  /** A key that is text and not there yet: kubectl refuses null, and lets the last of two equal ones win. */
  #pushKey(key: LineScalar, from: number): void {
    if (key.end - key.start > longestKey || this.#parts.length - from > mostKeys) throw unusual;
    const name = key.text;
    if (key.style === "plain" && typeof plainValue(name) !== "string") throw unusual;
    for (let index = from; index < this.#parts.length; index += 2)
      if ((this.#parts[index] as LineScalar).is(name)) throw unusual;
    this.#parts.push(key);
  }

  #item(indent: number): RawNode {
    const text = this.#text;
    let index = this.#at + 1;
    while (text.charCodeAt(index) === space) index++;
    const code = text.charCodeAt(index);
    if (isLineEnd(code) || code === hash || index >= text.length) {
      this.#endLine(this.#at + 1);
      if (this.#column <= indent) throw unusual;
      return this.#block();
    }
    const column = indent + index - this.#at;
    if (this.#isItem(index) || this.#endOfKey(index) >= 0) {
      this.#at = index;
      this.#column = column;
      return this.#block();
    }
    return this.#inline(index, indent);
  }

  /** Behind the last character of a key that begins here; -1 where none begins. */
  #endOfKey(start: number): number {
    const text = this.#text;
    let index = start;
    for (let code = text.charCodeAt(index); isKeyCode(code); code = text.charCodeAt(index)) index++;
    return index > start && text.charCodeAt(index) === colon && this.#isBreak(index + 1) ? index : -1;
  }

  #key(): LineScalar {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === 34 || code === 39) {
      const key = this.#quoted(start, code);
      if (this.#text.charCodeAt(key.end) !== colon || !this.#isBreak(key.end + 1)) throw unusual;
      return key;
    }
    const end = this.#endOfKey(start);
    if (end < 0) throw unusual;
    return new LineScalar(this.#text, start, end);
  }

  #valueOf(key: LineScalar, indent: number): RawNode {
    const text = this.#text;
    let index = key.end + 1;
    while (text.charCodeAt(index) === space) index++;
    const code = text.charCodeAt(index);
    if (index < text.length && !isLineEnd(code) && code !== hash) return this.#inline(index, indent);
    this.#endLine(key.end + 1);
    if (this.#column > indent) return this.#block();
    if (this.#column === indent && this.#isItem(this.#at)) return this.#sequence(indent);
    return new LineScalar(text, key.end + 1, key.end + 1);
  }

  /** A value that begins behind its key or dash, below a collection at column `indent`. */
  #inline(index: number, indent: number): RawNode {
    const code = this.#text.charCodeAt(index);
    if (code === 124 || code === 62) return this.#blockScalar(index, indent);
    let node: RawNode;
    if (code === 34 || code === 39) node = this.#quoted(index, code);
    else if (code === 91 || code === 123) node = this.#flow(index, code);
    else node = this.#plain(index, false);
    this.#endLine(node.end);
    if (this.#column > indent) throw unusual; // it goes on there, or is wrong
    return node;
  }

  #quoted(start: number, quote: number): LineScalar {
    const text = this.#text;
    let index = start + 1;
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === quote) {
        if (quote === 39 && text.charCodeAt(index + 1) === quote) throw unusual;
        return new LineScalar(text, start, index + 1);
      }
      if (isLineEnd(code) || code === 9 || (code === 92 && quote === 34)) throw unusual;
    }
    throw unusual;
  }

  #plain(start: number, isInFlow: boolean): LineScalar {
    const text = this.#text;
    if (!startsPlain(text.charCodeAt(start)) || this.#isItem(start)) throw unusual;
    let end = start;
    for (let index = start; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (isLineEnd(code)) break;
      if (code === space) continue;
      if (code === hash && index > end) break;
      if (code === 9) throw unusual;
      if (code === colon && (this.#isBreak(index + 1) || isInFlow)) {
        if (isInFlow && this.#isBreak(index + 1)) break;
        throw unusual;
      }
      if (isInFlow && isFlowCode(code)) break;
      end = index + 1;
    }
    if (end - start <= 5 && endless.test(text.slice(start, end))) throw unusual;
    return new LineScalar(text, start, end);
  }

  #flow(start: number, opening: number): RawMap | RawSequence {
    if (++this.#depth > deepest) throw unusual;
    const isMap = opening === 123;
    const closing = isMap ? 125 : 93;
    const from = this.#parts.length;
    let index = this.#skipSpaces(start + 1);
    while (this.#text.charCodeAt(index) !== closing) {
      let node = this.#flowNode(index);
      index = this.#skipSpaces(node.end);
      if (isMap) {
        if (!(node instanceof LineScalar) || this.#text.charCodeAt(index) !== colon || !this.#isBreak(index + 1))
          throw unusual;
        this.#pushKey(node, from);
        node = this.#flowNode(this.#skipSpaces(index + 1));
        index = this.#skipSpaces(node.end);
      }
      this.#parts.push(node);
      const code = this.#text.charCodeAt(index);
      if (code === 44) index = this.#skipSpaces(index + 1);
      else if (code !== closing) throw unusual;
    }
    const parts = this.#close(from);
    return isMap ? new PlainMap(start, index + 1, parts, true) : new PlainSequence(start, index + 1, parts, true);
  }

  #flowNode(index: number): RawNode {
    const code = this.#text.charCodeAt(index);
    if (code === 34 || code === 39) return this.#quoted(index, code);
    if (code === 91 || code === 123) return this.#flow(index, code);
    return this.#plain(index, true);
  }

  #skipSpaces(from: number): number {
    let index = from;
    while (this.#text.charCodeAt(index) === space) index++;
    return index;
  }

  /** `|` and `>` with an optional chomping sign; the indentation is that of the first line with content. */
  #blockScalar(start: number, parent: number): RawScalar {
    const text = this.#text;
    const sign = text.charCodeAt(start + 1);
    const chomping = sign === dash ? CHOMPING_MODE.STRIP : sign === 43 ? CHOMPING_MODE.KEEP : CHOMPING_MODE.CLIP;
    const headerEnd = this.#skipSpaces(chomping === CHOMPING_MODE.CLIP ? start + 1 : start + 2);
    const breakAt = text.charCodeAt(headerEnd) === carriageReturn ? headerEnd + 1 : headerEnd;
    if (text.charCodeAt(breakAt) !== newline) throw unusual;
    const contentStart = breakAt + 1;
    let indent = -1;
    let lineStart = contentStart;
    while (lineStart < text.length) {
      let lineEnd = text.indexOf("\n", lineStart);
      if (lineEnd < 0) lineEnd = text.length;
      const index = this.#skipSpaces(lineStart);
      const column = index - lineStart;
      if (index < lineEnd && text.charCodeAt(index) !== carriageReturn) {
        if (column <= parent || column < indent) break;
        if (indent < 0) indent = column;
      } else if ((indent < 0 && column > parent) || index >= text.length) {
        // Spaces before the first line, or a last line without its break, have rules of their own.
        if (index > lineStart || indent < 0) throw unusual;
      }
      lineStart = lineEnd + 1;
    }
    if (indent < 0) throw unusual;
    const end = Math.min(lineStart, text.length);
    this.#nextLine(lineStart - 1);
    if (this.#column > parent) throw unusual;
    return new BlockScalar(text, { start, end, contentStart, indent, chomping });
  }
}

class PlainMap implements RawMap {
  readonly start: number;
  readonly end: number;
  readonly pairs: readonly RawNode[];
  readonly isFlow: boolean;

  constructor(start: number, end: number, pairs: readonly RawNode[], isFlow: boolean) {
    this.start = start;
    this.end = end;
    this.pairs = pairs;
    this.isFlow = isFlow;
  }

  get kind(): "map" {
    return "map";
  }

  get hasTextKeys(): boolean {
    return true;
  }
}

class PlainSequence implements RawSequence {
  readonly start: number;
  readonly end: number;
  readonly items: readonly RawNode[];
  readonly isFlow: boolean;

  constructor(start: number, end: number, items: readonly RawNode[], isFlow: boolean) {
    this.start = start;
    this.end = end;
    this.items = items;
    this.isFlow = isFlow;
  }

  get kind(): "sequence" {
    return "sequence";
  }
}

function isLineEnd(code: number): boolean {
  return code === newline || code === carriageReturn;
}

/** Letters, digits, `_ - . /`: what keys of manifests are made of. */
function isKeyCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 45 && code <= 57) || (code >= 65 && code <= 90) || code === 95;
}

function isFlowCode(code: number): boolean {
  return code === 44 || code === 91 || code === 93 || code === 123 || code === 125;
}

/** No indicator: `# & * ! | > ' " % @ ? : ,` brackets, braces and the backtick begin something else. */
function startsPlain(code: number): boolean {
  if (isKeyCode(code) || code > 126) return true;
  return (
    code === 36 ||
    code === 40 ||
    code === 43 ||
    code === 59 ||
    code === 60 ||
    code === 61 ||
    code === 94 ||
    code === 126
  );
}
