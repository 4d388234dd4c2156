import type { Resource } from "../../kube/resource.ts";
import type { Severity } from "../../rule/finding.ts";
import { closest } from "../../text/closest.ts";
import type { Span } from "../../text/span.ts";
import type { Comment, ManifestDocument } from "../../yaml/document.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";
import type { Suppression } from "../result.ts";

/** One place that asks for silence. */
export interface Silence {
  readonly rules: readonly string[];
  readonly covers: Span;
  readonly written: Suppression;
  readonly at: Place;
  /** Those of its rules that found something here. */
  readonly used: Set<string>;
}

/** What the suppressions of a document say, and what is wrong with them. */
export interface Silences {
  readonly silences: readonly Silence[];
  readonly problems: readonly {
    readonly rule: "suppression-unknown" | "suppression-expired";
    readonly message: string;
    readonly at: Place;
    readonly severity?: Severity;
  }[];
}

const directive = /^#+\s*dbops-(disable-next-line|disable-line|disable-file|disable|enable)\b[ \t]*(.*)/;

/** Reads the suppression comments of a document, in YAML comments only. https://eslint.org/docs/latest/use/configure/rules#disabling-rules is the model. */
export function readSilences(document: ManifestDocument, ruleIds: ReadonlySet<string>, today: string): Silences {
  const silences: Silence[] = [];
  const problems: Silences["problems"][number][] = [];
  const { file } = document;
  const coverage = new Coverage(document);
  const messages = new Map<string, string>();
  const unknown = (id: string): string => {
    const message = messages.get(id) ?? unknownRule(id, ruleIds);
    messages.set(id, message);
    return message;
  };
  const open = new Map<string, { readonly start: number; readonly silence: Omit<Silence, "covers" | "used"> }>();
  for (const comment of document.comments()) {
    const match = directive.exec(comment.text);
    if (match === null) continue;
    const [, kind = "", rest = ""] = match;
    const at: Place = { file, span: comment.span, yamlPath: [] };
    const parsed = parseRest(rest);
    const rules: string[] = [];
    for (const id of new Set(parsed.ids)) {
      if (ruleIds.has(id)) rules.push(id);
      else problems.push({ rule: "suppression-unknown", message: unknown(id), at });
    }
    if (parsed.ids.length === 0 && kind !== "enable") {
      problems.push({
        rule: "suppression-unknown",
        message: `This comment names no rule, so it suppresses nothing: write "dbops-${kind} RULE-ID -- reason".`,
        at,
      });
    }
    if (kind === "enable") {
      for (const [id, { start, silence }] of open) {
        if (parsed.ids.length > 0 && !parsed.ids.includes(id)) continue;
        silences.push({ ...silence, covers: { start, end: comment.span.start }, used: new Set() });
        open.delete(id);
      }
      continue;
    }
    if (parsed.isUntilBroken) {
      const message = `"until" takes a date like 2027-01-31: without one this comment suppresses nothing.`;
      problems.push({ rule: "suppression-unknown", message, at });
      continue;
    }
    if (rules.length === 0) continue;
    if (parsed.until !== undefined && parsed.until < today) {
      problems.push({
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
      for (const id of rules) open.set(id, { start: comment.span.end, silence: { rules: [id], written, at } });
      continue;
    }
    const covers =
      kind === "disable-file"
        ? { start: 0, end: file.text.length }
        : coverage.of(comment, kind === "disable-line" ? 0 : 1);
    silences.push({ rules, covers, written, at, used: new Set() });
  }
  for (const { start, silence } of open.values())
    silences.push({ ...silence, covers: { start, end: document.span.end }, used: new Set() });
  return { silences, problems };
}

/** `RULE[, RULE] -- reason (until 2027-01-31)` */
function parseRest(text: string): {
  readonly ids: readonly string[];
  readonly reason: string | undefined;
  readonly until: string | undefined;
  /** `(until …)` is written, and holds no date. */
  readonly isUntilBroken: boolean;
} {
  const [names = "", ...reasons] = text.split(/\s--(?:\s|$)/).map((part) => part.trim());
  const until = /\(until (\d{4}-\d{2}-\d{2})\)/.exec(text)?.[1];
  const reason = reasons
    .join(" -- ")
    .replace(/\(until \d{4}-\d{2}-\d{2}\)/, "")
    .trim();
  const ids = names
    .replace(/\(until [^()]*\)/, "")
    .split(/[\s,]+/)
    .filter((id) => id !== "");
  const isUntilBroken = until === undefined && /\(until\b/.test(text);
  return { ids, reason: reason === "" ? undefined : reason, until, isUntilBroken };
}

function unknownRule(id: string, ruleIds: ReadonlySet<string>): string {
  const meant = closest(id, ruleIds);
  return `There is no rule "${id}"${meant === undefined ? "." : `; did you mean "${meant}"?`}`;
}

/** Finds what a comment covers; lines and nodes are looked at once for all comments of a document. */
class Coverage {
  readonly #document: ManifestDocument;
  #nodes: ReadonlyMap<number, YamlNode> | undefined;
  readonly #behindComments = new Map<number, number>();

  constructor(document: ManifestDocument) {
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
    while (!this.#behindComments.has(below) && /^\s*#/.test(file.slice(file.lineSpan(below)))) below++;
    const found = this.#behindComments.get(below) ?? below;
    for (let each = line; each < below; each++) this.#behindComments.set(each, found);
    return found;
  }
}

/** By line the largest node that begins on it: an object, a list item, or the value of a key written there. */
function nodesByLine({ root, file }: ManifestDocument): ReadonlyMap<number, YamlNode> {
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
export function annotationSilences(resource: Resource, ruleIds: ReadonlySet<string>): Silences {
  const silences: Silence[] = [];
  const problems: Silences["problems"][number][] = [];
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
        problems.push({ rule: "suppression-unknown", message: unknownRule(id, ruleIds), at: value });
    if (ids.length === 0) {
      const message = 'This annotation names no rule, so it suppresses nothing: write "RULE-ID, RULE-ID".';
      problems.push({ rule: "suppression-unknown", message, at: keyOf(value) });
    }
    if (rules.length === 0) continue;
    const reason = holder.text("dbops/ignore-reason");
    const written: Suppression = {
      by: "annotation",
      uri: value.file.uri,
      span: keyOf(value).span,
      ...(reason === undefined ? {} : { reason }),
    };
    silences.push({ rules, covers: resource.node.span, written, at: value, used: new Set() });
  }
  return { silences, problems };
}
