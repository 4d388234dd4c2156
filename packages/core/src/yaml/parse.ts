import { isReadKind } from "../facts/kinds.ts";
import { append } from "../text/append.ts";
import { isBase64 } from "../text/base64.ts";
import type { SourceFile } from "../text/source-file.ts";
import { characterAt, type Span } from "../text/span.ts";
import { faultOf, withoutStacks } from "../text/thrown.ts";
import { findComments } from "./comments.ts";
import type { Comment, ManifestDocument, UnreadReason } from "./document.ts";
import { refusedByGoYaml } from "./go-yaml.ts";
import { readWithYaml } from "./library.ts";
import type { YamlNode } from "./node.ts";
import { isMergeKey, keyText, NodeView } from "./node-view.ts";
import { entriesOf, type RawNode, resolved } from "./raw.ts";
import { readPlain } from "./read-plain.ts";
import { type Effort, plainReason, readAgain } from "./readings.ts";
import { scalarValue } from "./scalar.ts";
import { type Part, splitDocuments } from "./split.ts";
import { buildTree, NotYaml, type Tree } from "./tree.ts";

/** A single document above this many characters is not parsed: js-yaml needs some twenty times its size in memory. */
export const largestDocument = 4 * 1024 * 1024;

/** After so many refused documents of one file the next ones are read once: the file is no manifest. */
const mostDoubts = 100;

export interface ParseOptions {
  /** Zero-based line that a person is typing: a document that breaks there is recovered instead of refused. */
  readonly typingLine?: number;
  readonly cache?: DocumentCache;
  /** Read documents of kinds that dbops does not know too. */
  readonly skipPrefilter?: boolean;
}

interface Outcome {
  readonly tree: Tree | undefined;
  readonly reason: UnreadReason | undefined;
  readonly state: ManifestDocument["state"];
  readonly errors: readonly { readonly message: string; readonly start: number; readonly end: number }[];
  readonly warnings: readonly {
    readonly kind: ManifestDocument["warnings"][number]["kind"];
    readonly message: string;
    readonly start: number;
    readonly end: number;
  }[];
}

/** What the last version of each file held: a keystroke re-parses one document. */
export interface DocumentCache {
  /** By uri, in the order of the file. */
  readonly versions: Map<string, readonly CachedDocument[]>;
}

interface CachedDocument {
  readonly part: Part;
  readonly text: string;
  readonly outcome: Outcome;
  readonly view: DocumentView;
}

export function createDocumentCache(): DocumentCache {
  return { versions: new Map() };
}

/** The documents of a file, split and read as kubectl does. Never throws. */
export function parseDocuments(file: SourceFile, options: ParseOptions = {}): readonly ManifestDocument[] {
  const known = options.cache?.versions.get(file.uri) ?? [];
  const typing = options.typingLine === undefined ? undefined : file.lineSpan(options.typingLine);
  const parts = splitDocuments(file.text);
  const taken = new Set<CachedDocument>();
  let refused = 0;
  const read = parts.map((part, index): CachedDocument => {
    const text = file.slice(part.span);
    const isTyping = typing !== undefined && typing.start >= part.span.start && typing.start <= part.span.end;
    // What stands before an edit keeps its place from the file's beginning, what stands behind it that from the end.
    const cached = [known[index], known[index + known.length - parts.length]].find(
      (each) => each !== undefined && !taken.has(each) && each.text === text && isReadAlike(each.part, part),
    );
    // Where somebody types, what could not be read may be recovered; elsewhere it may not.
    const isSettled = cached?.outcome.state === "whole" || (cached?.outcome.state === "unread" && !isTyping);
    if (cached !== undefined && isSettled) {
      taken.add(cached);
      cached.view.moveTo(file, index, part.span);
      return { part, text, outcome: cached.outcome, view: cached.view };
    }
    const made = (outcome: Outcome): CachedDocument => ({
      part,
      text,
      outcome,
      view: new DocumentView(file, index, part.span, outcome),
    });
    const isOurs = options.skipPrefilter === true || mayConcernUs(text);
    if (part.problem === undefined && !/^[ \t]*[^\s#]/m.test(text)) return made(empty);
    if (!isOurs) return made(notKubernetes);
    const outcome = outcomeOf(part, text, isTyping ? typing : undefined, refused < mostDoubts ? "full" : "none");
    if (outcome.reason === "not-yaml") refused++;
    return made(outcome);
  });
  options.cache?.versions.set(file.uri, read);
  return read.map(({ view }) => view);
}

function isReadAlike(a: Part, b: Part): boolean {
  return a.isJson === b.isJson && a.problem?.message === b.problem?.message;
}

function outcomeOf(part: Part, text: string, typing: Span | undefined, effort: Effort): Outcome {
  try {
    const outcome = withoutStacks(() =>
      readText(text, part.problem, part.isJson, typing === undefined ? effort : "quick"),
    );
    return typing !== undefined && outcome.state === "unread" && outcome.reason === "not-yaml"
      ? (recover(text, typing.start - part.span.start) ?? outcome)
      : outcome;
  } catch (error) {
    // A defect of ours: told at the document, and the others are read.
    const message = faultOf(error);
    return {
      tree: undefined,
      reason: "crashed",
      state: "unread",
      errors: [{ message, start: 0, end: 0 }],
      warnings: [],
    };
  }
}

/** A configuration file: one document, whatever its kind. */
export function parseSingle(file: SourceFile): ManifestDocument {
  const [first] = parseDocuments(file, { skipPrefilter: true }).filter(
    (document) => document.root !== undefined || document.errors.length > 0,
  );
  return first ?? new DocumentView(file, 0, { start: 0, end: file.text.length }, empty);
}

const empty: Outcome = { tree: undefined, reason: undefined, state: "whole", errors: [], warnings: [] };
const notKubernetes: Outcome = { tree: undefined, reason: "not-kubernetes", state: "unread", errors: [], warnings: [] };

/**
 * Whether a document may hold what dbops reads, from its text: a known kind in column 0, a list, JSON, an indented root, or
 * what looks like an object without a kind, which may be a broken one.
 */
function mayConcernUs(text: string): boolean {
  const kind = /^["']?kind["']?[ \t]*:[ \t]*["']?([\w-]*)/m.exec(text);
  if (kind !== null) {
    const name = kind[1] ?? "";
    return isReadKind(name) || name.endsWith("List") || name === "";
  }
  const first = /^[ \t]*([^\s#])/m.exec(text);
  if (first === null) return false;
  if (first[1] === "{" || first[1] === "[") return /"?kind"?\s*:/.test(text);
  if (/^[ \t]+kind[ \t]*:/m.test(text) && !/^\S/m.test(text.replace(/^#.*$/gm, ""))) return true; // an indented root
  return /^(apiVersion|metadata|spec|---|\{\{)/m.test(text);
}

function readText(text: string, problem: Part["problem"], isJson: boolean, effort: Effort): Outcome {
  if (text.trim() === "" && problem === undefined) return empty;
  const fail = (reason: UnreadReason, message: string, start = 0, end = start): Outcome => ({
    tree: undefined,
    reason,
    state: "unread",
    errors: [{ message, start, end }],
    warnings: [],
  });
  if (text.length > largestDocument)
    return fail("too-large", `it has ${Math.round(text.length / 1024 / 1024)} MB; documents above 4 MB are not read`);
  if (problem !== undefined) return fail("not-yaml", problem.message);
  const code = yttCode(text);
  if (code >= 0) return fail("template", templateMessage, code);
  // What is written plainly has none of the faults that the rest of this function looks for. JSON has faults of its own.
  const plain = isJson ? undefined : readPlain(text);
  if (plain !== undefined && !isEncrypted(plain))
    return {
      tree: { root: plain, nextRootAt: undefined },
      reason: undefined,
      state: "whole",
      errors: [],
      warnings: [],
    };
  // Control characters are refused by kubectl and mean a binary file. https://yaml.org/spec/1.1/#c-printable
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/.exec(text);
  if (control !== null)
    return fail("not-yaml", "it contains a control character, as binary files do", control.index, control.index + 1);
  const directive = /^%/m.exec(text);
  if (directive !== null && !/^[ \t]*[^\s#]/m.test(text.slice(0, directive.index)))
    return fail("not-yaml", "kubectl refuses a % directive", directive.index, directive.index + 1);
  const json = isJson ? jsonProblem(text) : undefined;
  if (json !== undefined && !isTemplate(text)) {
    const { start, end } = characterAt(text, json.start);
    return fail("not-yaml", json.message, start, end);
  }
  try {
    return finish(text, buildTree(text), isJson);
  } catch (error) {
    if (!(error instanceof NotYaml)) throw error;
    if (isTemplate(text)) return fail("template", templateMessage, error.start, error.start);
    const second = readAgain(text, error, effort);
    if (second !== undefined) return finish(text, second, isJson);
    // Where the text ends too early, people look at its last character, not at the separator behind it.
    const { start, end } = characterAt(text, Math.min(error.start, Math.max(0, text.trimEnd().length - 1)));
    const word = wordAbove(text, start);
    if (word !== undefined) return fail("not-yaml", "this key has no colon", word.start, word.start + word.text.length);
    return fail("not-yaml", plainReason(error.message), start, end);
  }
}

/** A half-typed key: the parser sees only at the next line that a word above it was to be one. */
function wordAbove(text: string, offset: number): { readonly text: string; readonly start: number } | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const above = /\n([ \t]*)([A-Za-z][\w.-]*)[ \t]*\n\s*$/.exec(text.slice(0, lineStart));
  const [, indent = "", word] = above ?? [];
  const below = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
  if (above === null || word === undefined || below !== indent) return undefined;
  return { text: word, start: above.index + 1 + indent.length };
}

/** A file that begins with a brace is JSON to kubectl, and flow YAML in it is refused. */
function jsonProblem(text: string): { readonly message: string; readonly start: number } | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const start = Math.min(Number(position ?? 0), text.length - 1);
    return { message: 'a file that begins with "{" is read as JSON, but this is not JSON', start };
  }
}

const templateMessage = "it is a template";

/** Where ytt's code begins, which YAML takes for a comment; -1: there is none. https://carvel.dev/ytt/docs/latest/lang-ref-annotations/ */
function yttCode(text: string): number {
  for (let at = text.indexOf("#@"); at >= 0; at = text.indexOf("#@", at + 2)) {
    const before = text.slice(Math.max(at - 40, text.lastIndexOf("\n", at) + 1), at);
    if (/^(?: |[a-z]+\/)/.test(text.slice(at + 2, at + 20)) && /^[ \t]*$|[:-][ \t]+$/.test(before)) return at;
  }
  return -1;
}

function isTemplate(text: string): boolean {
  const opening = text.indexOf("{{");
  return (
    (opening >= 0 && text.includes("}}", opening)) ||
    text.includes("{%") ||
    /^[ \t]*<[#%/@]/m.test(text) || // FreeMarker, ERB, EJS
    /^[ \t]*\$\{\w+\}[ \t]*$/m.test(text) || // envsubst: a variable that holds whole lines
    // A word of somebody's own template. Beside a database it may be a variable whose colon is missing, and is worth a finding.
    (/^[ \t]*[A-Z]+(?:_[A-Z]+)+[ \t]*$/m.test(text) && !databaseWord.test(text))
  );
}

export const databaseWord = /postgres|pgbouncer|cnpg|sql|maria|mongo|redis|valkey|database|db\b|db[-_]/i;

function finish(text: string, tree: Tree, isJson: boolean): Outcome {
  const { root } = tree;
  const warnings: Outcome["warnings"][number][] = [];
  const errors: Outcome["errors"][number][] = [];
  if (root !== undefined) inspect(root, errors, warnings);
  if (!isJson) append(errors, refusedByGoYaml(text, root));
  const [error] = errors;
  if (error !== undefined) {
    const unread = { tree: undefined, state: "unread", warnings: [] } as const;
    return isTemplate(text)
      ? { ...unread, reason: "template", errors: [{ ...error, message: templateMessage }] }
      : { ...unread, reason: "not-yaml", errors: [error] };
  }
  const ending = /^\.\.\.(?=\s|$)/m.exec(text);
  if (ending !== null && (root === undefined || ending.index >= root.end)) {
    const rest = text.slice(ending.index + 3);
    if (/^[^\s#]/m.test(rest.replace(/^\.\.\.$/gm, ""))) {
      warnings.push({
        kind: "after-end",
        message: 'kubectl drops everything after "..."',
        start: ending.index,
        end: ending.index + 3,
      });
    }
  } else if (tree.nextRootAt !== undefined) {
    warnings.push({
      kind: "after-root",
      message: "kubectl drops everything from here on, after the first root",
      ...characterAt(text, tree.nextRootAt),
    });
  }
  if (root !== undefined && isEncrypted(root))
    return {
      tree: undefined,
      reason: "encrypted",
      state: "unread",
      errors: [{ message: "it is encrypted with SOPS", start: 0, end: 0 }],
      warnings: [],
    };
  return { tree, reason: undefined, state: "whole", errors: [], warnings };
}

function isEncrypted(root: RawNode): boolean {
  const map = resolved(root);
  return (
    map.kind === "map" &&
    [...entriesOf(map)].some(
      ([key, value]) => key.kind === "scalar" && key.text === "sops" && resolved(value).kind === "map",
    )
  );
}

/** What kubectl refuses in a tree that parses (null and complex keys, infinities), and keys written twice. */
function inspect(
  root: RawNode,
  errors: { message: string; start: number; end: number }[],
  warnings: Outcome["warnings"][number][],
): void {
  const pending: RawNode[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (node === undefined || node.kind === "alias") continue;
    if (node.kind === "scalar") {
      const value = scalarValue(node);
      if (typeof value === "number" && !Number.isFinite(value))
        errors.push({ message: "infinity and NaN cannot be expressed in JSON", start: node.start, end: node.end });
      else if (node.tag !== undefined && isUnfit(node.tag, value, node.text))
        errors.push({ message: `the tag ${node.tag} does not fit its value`, start: node.start, end: node.end });
      continue;
    }
    if (node.kind === "sequence") {
      append(pending, node.items);
      continue;
    }
    const seen = new Map<string, number>();
    for (const [key, value] of entriesOf(node)) {
      pending.push(value);
      if (isMergeKey(key)) {
        const target = resolved(value);
        const maps = target.kind === "sequence" ? target.items.map(resolved) : [target];
        if (maps.some((map) => map.kind !== "map"))
          errors.push({ message: "a merge key needs a map or a list of maps", start: value.start, end: value.end });
        continue;
      }
      const name = keyText(resolved(key));
      if (name === undefined) {
        errors.push({
          message: "a key must be a string, a number or a boolean",
          start: key.start,
          end: Math.max(key.end, key.start + 1),
        });
        continue;
      }
      if (seen.has(name))
        warnings.push({
          kind: "duplicate-key",
          message: `"${name}" is written twice here; kubectl uses the last`,
          start: key.start,
          end: key.end,
        });
      seen.set(name, key.start);
    }
  }
  errors.sort((a, b) => a.start - b.start);
}

function isUnfit(tag: string, value: unknown, text: string): boolean {
  if (tag === "!!int") return typeof value !== "number" || !Number.isInteger(value);
  if (tag === "!!float") return typeof value !== "number";
  if (tag === "!!bool") return typeof value !== "boolean";
  if (tag === "!!binary") return !isBase64(text);
  return false;
}

/** In an editor: the typed line is blanked, or gets its colon when deeper lines follow, so that the rest keeps its tree. */
function recover(text: string, lineStart: number): Outcome | undefined {
  const newline = text.indexOf("\n", lineStart);
  const lineEnd = newline < 0 ? text.length : newline;
  const line = text.slice(lineStart, lineEnd);
  const candidates = [text.slice(0, lineStart) + " ".repeat(line.length) + text.slice(lineEnd)];
  const next = newline < 0 ? "" : text.slice(newline + 1);
  const indentOf = (each: string): number => /^ */.exec(each)?.[0].length ?? 0;
  if (indentOf(next) > indentOf(line) && /\w\s*$/.test(line))
    candidates.unshift(`${text.slice(0, lineEnd - 1)}:${text.slice(lineEnd)}`);
  for (const candidate of candidates) {
    const outcome = readText(candidate, undefined, false, "quick");
    if (outcome.tree !== undefined) return { ...outcome, state: "recovered" };
  }
  return undefined;
}

/** A document whose tree is shared with equal texts, and whose cursor and comments are made when asked. */
class DocumentView implements ManifestDocument {
  index: number;
  span: Span;
  /** Of all nodes of the tree: where the document stands now. */
  readonly #anchor: { file: SourceFile; base: number };
  readonly #outcome: Outcome;
  #root: YamlNode | undefined;
  #comments: readonly Comment[] | undefined;

  constructor(file: SourceFile, index: number, span: Span, outcome: Outcome) {
    this.#anchor = { file, base: span.start };
    this.index = index;
    this.span = span;
    this.#outcome = outcome;
  }

  get file(): SourceFile {
    return this.#anchor.file;
  }

  /** The same text elsewhere: its tree and whatever was read from it go with it. */
  moveTo(file: SourceFile, index: number, span: Span): void {
    if (span.start !== this.span.start) this.#comments = undefined;
    this.#anchor.file = file;
    this.#anchor.base = span.start;
    this.index = index;
    this.span = span;
  }

  get root(): YamlNode | undefined {
    const raw = this.#outcome.tree?.root;
    if (this.#root === undefined && raw !== undefined) this.#root = new NodeView(this.#anchor, raw);
    return this.#root;
  }

  get state(): ManifestDocument["state"] {
    return this.#outcome.state;
  }

  get reason(): UnreadReason | undefined {
    return this.#outcome.reason;
  }

  get errors(): ManifestDocument["errors"] {
    return this.#outcome.errors.map(({ message, start, end }) => ({ message, span: this.#shifted(start, end) }));
  }

  get warnings(): ManifestDocument["warnings"] {
    return this.#outcome.warnings.map(({ kind, message, start, end }) => ({
      kind,
      message,
      span: this.#shifted(start, end),
    }));
  }

  comments(): readonly Comment[] {
    this.#comments ??= findComments(this.file.slice(this.span), this.#outcome.tree?.root).map(({ text, span }) => ({
      text,
      span: this.#shifted(span.start, span.end),
    }));
    return this.#comments;
  }

  #shifted(start: number, end: number): Span {
    // An empty key or value at the end of the text has no character to point at.
    const inside = (offset: number): number => Math.min(offset + this.span.start, this.span.end);
    return { start: inside(start), end: inside(end) };
  }
}

/** Whether the `yaml` library agrees that a text is YAML, as it does of all that is plainly written: the last word before a fix is written. */
export function isYaml(text: string): boolean {
  return splitDocuments(text).every(({ span }) => {
    const document = text.slice(span.start, span.end);
    return readPlain(document) !== undefined || readWithYaml(document) !== undefined;
  });
}
