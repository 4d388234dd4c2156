import { isSql } from "../../project/readable.ts";
import { builtInRules } from "../../rule/built-in-rules.ts";
import type { Finding } from "../../rule/finding.ts";
import { SourceFile } from "../../text/source-file.ts";
import { applyEdits, type TextEdit } from "../../text/text-edit.ts";
import type { Comment, ManifestDocument } from "../../yaml/document.ts";
import { type Edits, insertKey, setValue } from "../../yaml/edit.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { parseDocuments } from "../../yaml/parse.ts";
import { suppressInSql } from "./sql-comments.ts";

/** How much a suppression covers: a key with its value, an object, or all documents of the file. */
export type SuppressionScope = "line" | "object" | "file";

/** The edit that writes a suppression, and where in the edited text its reason belongs. */
export interface WrittenSuppression {
  readonly edits: readonly TextEdit[];
  readonly reasonAt: number;
}

export interface SuppressionOptions {
  /** Of scope `line`: a comment line above (default) or a comment behind the value. */
  readonly placement?: "above" | "behind";
  readonly reason?: string;
}

/** What the engine itself says needs a repair, not a suppression; these two alone speak of what is written in a manifest. */
const ofTheManifest = new Set(["document-text-ignored", "document-duplicate-key"]);
const isOwn = (ruleId: string): boolean => builtInRules.some(({ id }) => id === ruleId && !ofTheManifest.has(id));

/**
 * Writes a suppression of a finding: added to one that stands there already, never into a block scalar (the comment goes above
 * its key), as an annotation where comments cannot stand (JSON). undefined: it cannot be suppressed so.
 */
export function writeSuppression(
  file: SourceFile,
  finding: Pick<Finding, "ruleId" | "location">,
  scope: SuppressionScope,
  options: SuppressionOptions = {},
): WrittenSuppression | undefined {
  if (isOwn(finding.ruleId)) return undefined;
  if (isSql(file.uri)) return suppressInSql(file, finding, scope, options.reason ?? "");
  const documents = parseDocuments(file);
  const offset = finding.location.span.start;
  const document = documents.findLast((each) => each.span.start <= offset);
  const root = document?.root;
  if (document === undefined || root === undefined) return undefined;
  const object = objectAt(root, offset);
  if (/^\s*[{[]/.test(file.text.replace(/^\ufeff/, ""))) {
    return scope === "object" ? annotate(file, object, finding.ruleId, options.reason ?? "") : undefined;
  }
  const write = { file, ruleId: finding.ruleId, reason: options.reason ?? "" };
  if (scope === "file") return inFile(write, documents);
  if (scope === "object") return above(write, document, file.positionAt(object.span.start).line);
  const line = file.positionAt(startOfScalar(root, offset)).line;
  return options.placement === "behind" ? behind(write, document, line, offset) : above(write, document, line);
}

interface Writing {
  readonly file: SourceFile;
  readonly ruleId: string;
  readonly reason: string;
}

function inFile(write: Writing, documents: readonly ManifestDocument[]): WrittenSuppression {
  const existing = documents.flatMap((each) => each.comments()).find((each) => joins(write, each, "disable-file"));
  if (existing !== undefined) return addTo(write, existing);
  const start = write.file.text.startsWith("\ufeff") ? 1 : 0;
  return insert(write, start, start, `# dbops-disable-file ${write.ruleId} -- `, eol(write.file));
}

function above(write: Writing, document: ManifestDocument, line: number): WrittenSuppression | undefined {
  const { file } = write;
  const span = file.lineSpan(line);
  const text = file.slice(span);
  if (/^---/.test(text)) return undefined;
  const onLine = commentOn(document, line);
  if (onLine !== undefined && joins(write, onLine, "disable-line")) return addTo(write, onLine);
  for (let before = line - 1; before >= 0; before--) {
    const comment = commentOn(document, before);
    if (comment === undefined || !/^\s*#/.test(file.slice(file.lineSpan(before)))) break;
    if (joins(write, comment, "disable-next-line")) return addTo(write, comment);
  }
  const indent = /^[\s\ufeff]*/.exec(text)?.[0] ?? "";
  const start = span.start + (indent.startsWith("\ufeff") ? 1 : 0);
  const lead = indent.replace("\ufeff", "");
  return insert(write, start, start, `${lead}# dbops-disable-next-line ${write.ruleId} -- `, eol(file));
}

/** Behind the value, where nothing but blanks follows and the line holds all of it; else above. */
function behind(
  write: Writing,
  document: ManifestDocument,
  line: number,
  offset: number,
): WrittenSuppression | undefined {
  const { file } = write;
  const span = file.lineSpan(line);
  const comment = commentOn(document, line);
  if (comment !== undefined && joins(write, comment, "disable-line")) return addTo(write, comment);
  const isOpen = /[|>][-+\d]*\s*$/.test(file.slice(span)) || file.positionAt(offset).line !== line;
  if (comment !== undefined || isOpen) return above(write, document, line);
  const end = span.start + file.slice(span).trimEnd().length;
  return insert(write, end, span.end, ` # dbops-disable-line ${write.ruleId} -- `, "");
}

/**
 * Whether a rule may be added to a comment: it suppresses others, not this one (then it has expired), and its reason is ours too,
 * or we have none yet.
 */
function joins({ ruleId, reason }: Writing, comment: Comment, kind: string): boolean {
  if (!isDirective(comment, kind)) return false;
  const { ids, rest } = partsOf(comment);
  const theirs = rest.replace(/^--\s*/, "");
  return !ids.split(/[\s,]+/).includes(ruleId) && (reason === "" || theirs === "" || theirs === reason);
}

function partsOf({ text }: Comment): { readonly ids: string; readonly rest: string } {
  const dashes = /\s--(?:\s|$)/.exec(text);
  const ids = text.slice(0, dashes?.index).trimEnd();
  return { ids, rest: text.slice(ids.length).trim() };
}

/** Adds the rule to a comment that suppresses others. */
function addTo({ file, ruleId, reason }: Writing, comment: Comment): WrittenSuppression {
  const { ids, rest: written } = partsOf(comment);
  const rest = written === "--" ? "" : written;
  const separator = ids.split(/\s/).at(-1)?.includes("dbops-disable") === true ? " " : ", ";
  const text = `${ids}${separator}${ruleId} ${rest === "" ? `-- ${reason}` : rest}`;
  return {
    edits: [{ uri: file.uri, span: comment.span, newText: text }],
    reasonAt: comment.span.start + text.length,
  };
}

function insert(write: Writing, start: number, end: number, text: string, newline: string): WrittenSuppression {
  const newText = `${text}${write.reason}`;
  return {
    edits: [{ uri: write.file.uri, span: { start, end }, newText: `${newText}${newline}` }],
    reasonAt: start + newText.length,
  };
}

/** In JSON, where comments cannot stand: the annotations of the object. It has one reason for all that it ignores. */
function annotate(file: SourceFile, object: YamlNode, ruleId: string, reason: string): WrittenSuppression | undefined {
  const metadata = object.at("metadata");
  const annotations = metadata?.at("annotations");
  const written = { "dbops/ignore": ruleId, "dbops/ignore-reason": reason };
  const edits =
    annotations === undefined
      ? metadata && insertKey(metadata, "annotations", written)
      : Object.entries(written).reduce<Edits>((all, [key, value]) => withAnnotation(all, annotations, key, value), []);
  if (edits === undefined || edits.length === 0) return undefined;
  const after = new SourceFile(file.uri, applyEdits(file.text, edits));
  const start = object.span.start;
  const root = parseDocuments(after).findLast(({ span }) => span.start <= start)?.root;
  const value = root && objectAt(root, start).at("metadata", "annotations", "dbops/ignore-reason");
  // Inside the quotes.
  return value === undefined ? undefined : { edits, reasonAt: value.span.end - 1 };
}

function withAnnotation(edits: Edits, annotations: YamlNode, key: string, value: string): Edits {
  if (edits === undefined) return undefined;
  const existing = annotations.at(key);
  const before = existing?.text() ?? "";
  const separator = key === "dbops/ignore" ? ", " : "; ";
  if (existing !== undefined && (value === "" || before.split(separator).includes(value))) return edits;
  const more =
    existing === undefined
      ? insertKey(annotations, key, value)
      : setValue(existing, before === "" ? value : before + separator + value);
  const [edit, last] = [more?.[0], edits.at(-1)];
  if (edit === undefined) return undefined;
  if (last === undefined || last.span.start !== edit.span.start) return [...edits, edit];
  // Two keys at one place are one edit.
  const comma = edit.newText.startsWith(",") ? "" : ", ";
  return [...edits.slice(0, -1), { ...last, newText: `${last.newText}${comma}${edit.newText}` }];
}

/** The object that a place belongs to: the root, or an item of a List. */
function objectAt(root: YamlNode, offset: number): YamlNode {
  const items = root.at("items")?.items() ?? [];
  return items.find((item) => !item.isShared && item.span.start <= offset && offset <= item.span.end) ?? root;
}

/** Where a comment may stand for a place: inside a scalar of several lines it is the key that leads to it. */
function startOfScalar(root: YamlNode, offset: number): number {
  let node = root;
  for (;;) {
    const children = node.kind === "sequence" ? node.items() : node.entries().map(([, child]) => child);
    const next = children.find(
      (child) =>
        !child.isShared && child.keySpan.start <= offset && offset <= Math.max(child.span.end, child.keySpan.end),
    );
    if (next === undefined) return offset;
    if (next.kind === "scalar") {
      const begin = Math.min(next.keySpan.start, next.span.start);
      return root.file.text.slice(begin, offset).includes("\n") ? begin : offset;
    }
    node = next;
  }
}

function commentOn(document: ManifestDocument, line: number): Comment | undefined {
  const span = document.file.lineSpan(line);
  return document.comments().find((comment) => comment.span.start >= span.start && comment.span.start <= span.end);
}

function isDirective(comment: Comment, kind: string): boolean {
  return new RegExp(`^#+\\s*dbops-${kind}(\\s|$)`).test(comment.text);
}

function eol(file: SourceFile): string {
  return file.text.includes("\r\n") ? "\r\n" : "\n";
}
