import type { SourceFile } from "../text/source-file.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { PathSegment, Place, YamlNode } from "./node.ts";
import { plainValue } from "./scalar.ts";

/** What an edit can write: nested values are written in block style, in the file's own indentation. */
export type Writable = string | number | boolean | null | readonly Writable[] | { readonly [key: string]: Writable };

/** Edits, or undefined where the place cannot be edited: a node reached by alias or merge, an unfit kind of node. */
export type Edits = readonly TextEdit[] | undefined;

/** Replaces a scalar. What follows it on the line, a comment too, stays. */
export function setValue(node: YamlNode, value: string | number | boolean): Edits {
  if (node.isShared || node.kind !== "scalar" || node.style === "literal" || node.style === "folded") return undefined;
  const { start, end } = node.span;
  const style = node.style === "double" || node.style === "single" ? node.style : "plain";
  const text = scalarText(value, style, "flow"); // it may stand between brackets
  return [edit(node.file, start, end, leadOf(node) + text, node.yamlPath)];
}

/** Writes a plain scalar as a string: `5432` becomes `"5432"`. */
export function quoteValue(node: YamlNode): Edits {
  if (node.isShared || node.style !== "plain") return undefined;
  const source = node.file.slice(node.span);
  if (/["\\\n]/.test(source)) return undefined;
  return [edit(node.file, node.span.start, node.span.end, `${leadOf(node)}"${source}"`, node.yamlPath)];
}

/** Where nothing is written (`replicas: # later`) a value has a space of its own, and brings the colon that `{ replicas }` lacks. */
function leadOf({ span, keySpan }: YamlNode): string {
  if (span.start !== span.end) return "";
  return keySpan.start < keySpan.end && keySpan.end === span.start ? ": " : " ";
}

/** Adds a key to a map in the style of its siblings, behind the key `after` or as the last one. */
export function insertKey(
  map: YamlNode,
  key: string,
  value: Writable,
  options: { readonly after?: string } = {},
): Edits {
  if (map.isShared || map.kind !== "map" || map.at(key) !== undefined) return undefined;
  const { file } = map;
  const changes = [...map.yamlPath, key];
  const own = ownEntries(map);
  if (map.isFlow) return insertInFlow(map, own, key, value, changes);
  // A key behind an anchor (`&a replicas: 1`) does not show its column; any other key of the map does.
  const column = own.map((node) => columnOf(file, node.keySpan.start)).find((each) => each !== undefined);
  if (column === undefined) return undefined;
  const sibling = options.after === undefined ? undefined : map.at(options.after);
  const anchor = sibling !== undefined && isWithin(sibling.keySpan, map.span) ? sibling : undefined;
  const end = anchor === undefined ? map.span.end : anchor.span.end;
  return insertLines(file, end, blockEntry(key, value, column, eol(file)), changes);
}

/** The values whose keys are written in the map itself, not merged into it. */
function ownEntries(map: YamlNode): readonly YamlNode[] {
  return map.entries().flatMap(([, node]) => (isWithin(node.keySpan, map.span) ? [node] : []));
}

/** Behind the last entry, so that a comment or a trailing comma before the bracket stays what it is. */
function insertInFlow(
  map: YamlNode,
  own: readonly YamlNode[],
  key: string,
  value: Writable,
  changes: readonly PathSegment[],
): Edits {
  const { file, span } = map;
  // An empty map says nothing of its style; the file does.
  const isJson =
    own.length > 0 ? own.every((node) => file.text[node.keySpan.start] === '"') : /^[\s\ufeff]*[{[]/.test(file.text);
  const text = isJson ? `"${key}": ${JSON.stringify(value)}` : `${keyText(key)}: ${flowText(value)}`;
  if (own.length > 0) {
    const at = own.reduce((end, node) => Math.max(end, node.keySpan.end, node.span.end), 0);
    return [edit(file, at, at, `, ${text}`, changes)];
  }
  if (file.text.slice(span.start + 1, span.end - 1).trim() !== "") return undefined;
  return [edit(file, span.start + 1, span.end - 1, ` ${text} `, changes)];
}

/** Adds an item to the end of a list. */
export function insertItem(sequence: YamlNode, value: Writable): Edits {
  const items = sequence.items();
  const first = items[0];
  if (sequence.isShared || sequence.kind !== "sequence") return undefined;
  const { file } = sequence;
  const changes = [...sequence.yamlPath, items.length];
  if (sequence.isFlow) {
    const close = sequence.span.end - 1;
    const last = items.at(-1);
    // A pair without braces (`[? name]`, `[a: b]`) may go on behind the comma.
    if (last?.kind === "map" && file.text[last.span.end - 1] !== "}") return undefined;
    const at = last?.span.end ?? close;
    const text = last?.style === "double" ? JSON.stringify(value) : flowText(value);
    return [edit(file, at, at, last === undefined ? text : `, ${text}`, changes)];
  }
  if (first === undefined) return undefined;
  const lineStart = file.text.lastIndexOf("\n", first.span.start - 1) + 1;
  // The last dash before the first item is this list's: `- - a` is a list in a list.
  const lead = /^( *(?:- +)*)-(?:\s+[&!]\S*)*\s*$/.exec(file.text.slice(lineStart, first.span.start));
  if (lead === null) return undefined;
  const dash = lead[1]?.length ?? 0;
  const lines = blockLines(value, dash + 2, eol(file));
  return insertLines(file, sequence.span.end, `${" ".repeat(dash)}- ${lines.trimStart()}`, changes);
}

/** Removes a key and its value, with the rest of its lines; comments above it stay. */
export function removeKey(map: YamlNode, key: string): Edits {
  const node = map.at(key);
  if (node === undefined || map.isShared || node.isShared || map.isFlow) return undefined;
  if (ownEntries(map).length < 2) return undefined; // an empty map would become null
  const { file } = map;
  const lineStart = file.text.lastIndexOf("\n", node.keySpan.start - 1) + 1;
  if (file.text.slice(lineStart, node.keySpan.start).trim() !== "") return undefined; // `- key:` begins an item
  const newline = file.text.indexOf("\n", Math.max(node.span.end - 1, node.keySpan.end));
  const end = file.text[node.span.end - 1] === "\n" ? node.span.end : newline < 0 ? file.text.length : newline + 1;
  if (/(^|\s)#/.test(file.text.slice(node.keySpan.end, end))) return undefined; // a comment there would be lost
  return [edit(file, lineStart, end, "", node.yamlPath)];
}

/** Removes one item of a list with its lines; the last one stays, because an empty list would become null. */
export function removeItem(sequence: YamlNode, index: number): Edits {
  const items = sequence.items();
  const item = items[index];
  if (item === undefined || items.length < 2 || sequence.isShared || item.isShared) return undefined;
  const { file } = sequence;
  const changes = sequence.yamlPath; // the items behind it move
  if (sequence.isFlow) {
    const next = items[index + 1];
    const start = next === undefined ? (items[index - 1]?.span.end ?? item.span.start) : item.span.start;
    return [edit(file, start, next?.span.start ?? item.span.end, "", changes)];
  }
  const lineStart = file.text.lastIndexOf("\n", item.span.start - 1) + 1;
  if (!/^ *-\s*$/.test(file.text.slice(lineStart, item.span.start))) return undefined;
  const newline = file.text.indexOf("\n", Math.max(item.span.end - 1, item.span.start));
  const end = newline < 0 ? file.text.length : newline + 1;
  if (/(^|\s)#/.test(file.text.slice(item.span.start, end))) return undefined; // a comment there would be lost
  return [edit(file, lineStart, end, "", changes)];
}

/** Puts text into a string, at a word of it; undefined where escapes or folding hide where the word stands. */
export function insertInText(word: Place, written: string, text: string, side: "before" | "after"): Edits {
  if (word.file.slice(word.span) !== written) return undefined;
  const at = side === "before" ? word.span.start : word.span.end;
  return [edit(word.file, at, at, text, word.yamlPath)];
}

/** Replaces a word of a string by another; undefined where escapes or folding hide it, or where it stands there twice. */
export function replaceInText({ file, span, yamlPath }: Place, written: string, text: string): Edits {
  if (written === "" || file.slice(span).split(written).length !== 2) return undefined;
  const start = span.start + file.slice(span).indexOf(written);
  return [edit(file, start, start + written.length, text, yamlPath)];
}

/** Adds a document in block style at the end of a file, or another JSON object to a file of JSON. */
export function appendDocument(file: SourceFile, value: { readonly [key: string]: Writable }): readonly TextEdit[] {
  const newline = eol(file);
  const isJson = file.text.trimStart().startsWith("{");
  const text = isJson ? JSON.stringify(value, undefined, 2).replaceAll("\n", newline) : blockLines(value, 0, newline);
  const at = file.text.length;
  const lead = file.text === "" || file.text.endsWith("\n") ? "" : newline;
  const separator = isJson || file.text.trim() === "" ? "" : `---${newline}`;
  return [edit(file, at, at, `${file.text.trim() === "" ? "" : lead}${separator}${text}${newline}`, [])];
}

function isWithin(
  inner: { readonly start: number; readonly end: number },
  outer: { readonly start: number; readonly end: number },
): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

function edit(
  file: SourceFile,
  start: number,
  end: number,
  newText: string,
  changes: readonly PathSegment[],
): TextEdit {
  return { uri: file.uri, span: { start, end }, newText, changes };
}

/** The column of a key that only blanks, dashes and question marks precede; undefined where an anchor or tag stands before it. */
function columnOf(file: SourceFile, offset: number): number | undefined {
  const lineStart = file.text.lastIndexOf("\n", offset - 1) + 1;
  const before = file.text.slice(lineStart, offset).replace(/^\ufeff/, "");
  return /^[ -]*$/.test(before) ? before.length : undefined;
}

/** Puts whole lines behind the line on which `offset` lies. */
function insertLines(
  file: SourceFile,
  offset: number,
  lines: string,
  changes: readonly PathSegment[],
): readonly TextEdit[] {
  const newline = eol(file);
  if (file.text[offset - 1] === "\n") return [edit(file, offset, offset, `${lines}${newline}`, changes)];
  const next = file.text.indexOf("\n", offset);
  if (next < 0) return [edit(file, file.text.length, file.text.length, `${newline}${lines}`, changes)];
  return [edit(file, next + 1, next + 1, `${lines}${newline}`, changes)];
}

function eol(file: SourceFile): string {
  const end = file.text.indexOf("\n");
  return end > 0 && file.text[end - 1] === "\r" ? "\r\n" : "\n";
}

function blockEntry(key: string, value: Writable, column: number, newline: string): string {
  const indent = " ".repeat(column);
  if (!isCollection(value)) return `${indent}${keyText(key)}: ${scalarText(value)}`;
  if (Object.keys(value).length === 0) return `${indent}${keyText(key)}: ${flowText(value)}`;
  return `${indent}${keyText(key)}:${newline}${blockLines(value, column + 2, newline)}`;
}

function blockLines(value: Writable, column: number, newline: string): string {
  if (!isCollection(value)) return " ".repeat(column) + scalarText(value);
  if (Array.isArray(value)) {
    return value
      .map((item) => `${" ".repeat(column)}- ${blockLines(item as Writable, column + 2, newline).trimStart()}`)
      .join(newline);
  }
  return Object.entries(value)
    .map(([key, item]) => blockEntry(key, item as Writable, column, newline))
    .join(newline);
}

function isCollection(value: Writable): value is readonly Writable[] | { readonly [key: string]: Writable } {
  return value !== null && typeof value === "object";
}

function flowText(value: Writable): string {
  if (!isCollection(value)) return scalarText(value, "plain", "flow");
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item as Writable)).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${flowText(item as Writable)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function keyText(key: string): string {
  return scalarText(key);
}

/** A scalar that reads back as the same value, plain where that is possible. */
function scalarText(
  value: string | number | boolean | null,
  style: "plain" | "single" | "double" = "plain",
  context: "block" | "flow" = "block",
): string {
  if (typeof value !== "string") return String(value);
  const isPlain =
    /^[A-Za-z0-9/_.][A-Za-z0-9/_.@%+=,;~()\- ]*$/.test(value) &&
    !(context === "flow" && value.includes(",")) &&
    !/\s$|: | #/.test(value) &&
    plainValue(value) === value;
  if (style === "single" && !/[\n\r\t']/.test(value)) return `'${value}'`;
  return style === "plain" && isPlain ? value : JSON.stringify(value);
}
