import type { Resource } from "../../kube/resource.ts";
import { isSql } from "../../project/readable.ts";
import type { Severity } from "../../rule/finding.ts";
import { closest } from "../../text/closest.ts";
import { type CalendarDate, readDate } from "../../text/date.ts";
import type { Span } from "../../text/span.ts";
import type { Comment, ManifestDocument } from "../../yaml/document.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";
import type { Suppression } from "../result.ts";

/** One place where rules are suppressed. */
export interface PlacedSuppression {
  readonly rules: readonly string[];
  readonly covers: Span;
  readonly written: Suppression;
  readonly at: Place;
  /** Those of its rules that found something here. */
  readonly used: Set<string>;
}

/** What the suppressions of a document say, and what is wrong with them. */
export interface PlacedSuppressions {
  readonly suppressions: readonly PlacedSuppression[];
  readonly mistakes: readonly {
    readonly rule: "suppression-unknown" | "suppression-expired";
    readonly message: string;
    readonly at: Place;
    readonly severity?: Severity;
  }[];
}

/** A text with comments: a document of YAML, or a script of SQL, which has no nodes. */
export type Commented = Pick<ManifestDocument, "file" | "span" | "root" | "comments">;

/** Words behind `# dbops-` that people know from their manifests; a colon may follow. */
const directives = ["disable-next-line", "disable-line", "disable-file", "disable", "enable"] as const;
const directive = /^#+\s*dbops(?<mark>-|[:\s]\s*)(?<word>[\w-]+):?(?:[ \t]+(?<rest>.*))?/;
/** What a comment that speaks to dbops begins with; other prose about dbops ("dbops ignores …") is none of ours. */
const commandWords = /^(?:(?:disable|enable|ignore|suppress)(?:-[\w-]+)?|silence|skip|allow|off|noqa|nolint)$/;

/** Reads the suppression comments of a document, or of a script. https://eslint.org/docs/latest/use/configure/rules#disabling-rules is the model. */
export function readSuppressions(document: Commented, ruleIds: ReadonlySet<string>, today: string): PlacedSuppressions {
  const suppressions: PlacedSuppression[] = [];
  const mistakes: PlacedSuppressions["mistakes"][number][] = [];
  const { file } = document;
  const coverage = new Coverage(document);
  const messages = new Map<string, string>();
  const unknown = (id: string): string => {
    const message = messages.get(id) ?? unknownRule(id, ruleIds);
    messages.set(id, message);
    return message;
  };
  const open = new Map<
    string,
    { readonly start: number; readonly placed: Omit<PlacedSuppression, "covers" | "used"> }
  >();
  for (const comment of document.comments()) {
    const parts = directive.exec(comment.text)?.groups;
    if (parts === undefined) continue;
    const { mark, word = "", rest = "" } = parts;
    const at: Place = { file, span: comment.span, yamlPath: [] };
    const kind = mark === "-" ? directives.find((each) => each === word) : undefined;
    if (kind === undefined) {
      if (mark === "-" || commandWords.test(word))
        mistakes.push({ rule: "suppression-unknown", message: unknownDirective(word), at });
      continue;
    }
    const parsed = parseRest(rest);
    const rules: string[] = [];
    for (const id of new Set(parsed.ids)) {
      if (ruleIds.has(id)) rules.push(id);
      else mistakes.push({ rule: "suppression-unknown", message: unknown(id), at });
    }
    if (parsed.ids.length === 0 && kind !== "enable") {
      mistakes.push({
        rule: "suppression-unknown",
        message: `This comment names no rule, so it suppresses nothing: write "dbops-${kind} RULE-ID -- reason".`,
        at,
      });
    }
    if (kind === "enable") {
      for (const [id, { start, placed }] of open) {
        if (parsed.ids.length > 0 && !parsed.ids.includes(id)) continue;
        suppressions.push({ ...placed, covers: { start, end: comment.span.start }, used: new Set() });
        open.delete(id);
      }
      continue;
    }
    if (parsed.until === "broken") {
      const message = `"until" takes a date like 2027-01-31: without one this comment suppresses nothing.`;
      mistakes.push({ rule: "suppression-unknown", message, at });
      continue;
    }
    if (rules.length === 0) continue;
    if (parsed.until !== undefined && parsed.until < today) {
      mistakes.push({
        rule: "suppression-expired",
        message: `This suppression of ${rules.join(", ")} ended on ${parsed.until}: what it hid is shown again.`,
        at,
      });
      continue;
    }
    const written: Suppression = {
      by: "comment",
      uri: file.uri,
      span: comment.span,
      ...(parsed.reason === undefined ? {} : { reason: parsed.reason }),
      ...(parsed.until === undefined ? {} : { until: parsed.until }),
    };
    if (kind === "disable") {
      for (const id of rules) open.set(id, { start: comment.span.end, placed: { rules: [id], written, at } });
      continue;
    }
    const covers =
      kind === "disable-file"
        ? { start: 0, end: file.text.length }
        : coverage.of(comment, kind === "disable-line" ? 0 : 1);
    suppressions.push({ rules, covers, written, at, used: new Set() });
  }
  for (const { start, placed } of open.values())
    suppressions.push({ ...placed, covers: { start, end: document.span.end }, used: new Set() });
  return { suppressions, mistakes };
}

const until = /\(until\b([^()]*)\)?/;

/** The last day that `(until 2027-01-31)` in a reason names; broken: it is written and holds no date. */
export function untilIn(text: string): CalendarDate | "broken" | undefined {
  const written = until.exec(text)?.[1];
  return written === undefined ? undefined : (readDate(written.trim()) ?? "broken");
}

/** `RULE[, RULE] -- reason (until 2027-01-31)` */
function parseRest(text: string): {
  readonly ids: readonly string[];
  readonly reason: string | undefined;
  readonly until: ReturnType<typeof untilIn>;
} {
  const [names = "", ...reasons] = text.split(/\s--(?:\s|$)/).map((part) => part.trim());
  const reason = reasons.join(" -- ").replace(until, "").trim();
  const ids = names
    .replace(until, "")
    .split(/[\s,]+/)
    .filter((id) => id !== "");
  return { ids, reason: reason === "" ? undefined : reason, until: untilIn(text) };
}

function unknownDirective(word: string): string {
  const meant =
    closest(word, directives) ?? (word === "ignore" || word.endsWith("line") ? "disable-next-line" : "disable");
  return `This comment suppresses nothing: dbops has no directive "${word}"; did you mean "dbops-${meant}"?`;
}

function unknownRule(id: string, ruleIds: ReadonlySet<string>): string {
  const meant = closest(id, ruleIds);
  return `There is no rule "${id}"${meant === undefined ? "." : `; did you mean "${meant}"?`}`;
}

/** Finds what a comment covers; lines and nodes are looked at once for all comments of a document. */
class Coverage {
  readonly #document: Commented;
  #nodes: ReadonlyMap<number, YamlNode> | undefined;
  readonly #behindComments = new Map<number, number>();

  constructor(document: Commented) {
    this.#document = document;
  }

  /** The line, and the whole node whose key or list item begins on it. */
  of(comment: Comment, linesDown: number): Span {
    const { file } = this.#document;
    const own = file.positionAt(comment.span.start).line;
    const line = linesDown === 0 ? own : this.#firstBelow(own + linesDown);
    const span = file.lineSpan(line);
    this.#nodes ??= nodesByLine(this.#document);
    const node = this.#nodes.get(line);
    return node === undefined ? span : { start: span.start, end: Math.max(span.end, node.span.end) };
  }

  /** Several comments above one line all belong to it. */
  #firstBelow(line: number): number {
    const { file } = this.#document;
    let below = line;
    const isComment = isSql(file.uri) ? /^\s*--/ : /^\s*#/;
    while (!this.#behindComments.has(below) && isComment.test(file.slice(file.lineSpan(below)))) below++;
    const found = this.#behindComments.get(below) ?? below;
    for (let each = line; each < below; each++) this.#behindComments.set(each, found);
    return found;
  }
}

/** By line the largest node that begins on it: an object, a list item, or the value of a key written there. */
function nodesByLine({ root, file }: Commented): ReadonlyMap<number, YamlNode> {
  const nodes = new Map<number, YamlNode>();
  const add = (offset: number, node: YamlNode): void => {
    const { line } = file.positionAt(offset);
    if (!nodes.has(line)) nodes.set(line, node);
  };
  const pending: YamlNode[] = root === undefined ? [] : [root];
  for (const node of pending) {
    if (node.isShared) continue;
    add(node.yamlPath.length === 0 ? node.span.start : node.keySpan.start, node);
    const children = node.kind === "sequence" ? node.items() : node.entries().map(([, each]) => each);
    if (node.kind === "sequence") for (const item of children) add(item.span.start, item);
    for (const child of children) pending.push(child);
  }
  return nodes;
}

/** The annotation `dbops/ignore` of an object and of its Pod template, for generated YAML that cannot carry comments. */
export function annotationSuppressions(resource: Resource, ruleIds: ReadonlySet<string>): PlacedSuppressions {
  const suppressions: PlacedSuppression[] = [];
  const mistakes: PlacedSuppressions["mistakes"][number][] = [];
  const holders = new Set([
    resource.node.at("metadata", "annotations"),
    resource.workload?.template.at("metadata", "annotations"),
  ]);
  for (const holder of holders) {
    const value = holder?.at("dbops/ignore");
    if (holder === undefined || value === undefined) continue;
    const ids = [...new Set((value.text() ?? "").split(/[\s,]+/))].filter((id) => id !== "");
    const rules = ids.filter((id) => ruleIds.has(id));
    for (const id of ids)
      if (!ruleIds.has(id))
        mistakes.push({ rule: "suppression-unknown", message: unknownRule(id, ruleIds), at: value });
    if (ids.length === 0) {
      const message = 'This annotation names no rule, so it suppresses nothing: write "RULE-ID, RULE-ID".';
      mistakes.push({ rule: "suppression-unknown", message, at: keyOf(value) });
    }
    if (rules.length === 0) continue;
    const reason = holder.text("dbops/ignore-reason");
    const written: Suppression = {
      by: "annotation",
      uri: value.file.uri,
      span: keyOf(value).span,
      ...(reason === undefined || reason === "" ? {} : { reason }),
    };
    suppressions.push({ rules, covers: resource.node.span, written, at: value, used: new Set() });
  }
  return { suppressions, mistakes };
}
