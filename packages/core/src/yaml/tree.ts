import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from "js-yaml";
import type { RawNode, RawScalar, ScalarStyle } from "./raw.ts";

/** A place and a reason why a text is not YAML, as kubectl would refuse it. */
export class NotYaml extends Error {
  readonly start: number;
  /** js-yaml's own refusal, which another reading may not share; false for what kubectl refuses in every reading. */
  readonly isDoubtful: boolean;
  constructor(message: string, start: number, isDoubtful = false) {
    super(message);
    this.start = start;
    this.isDoubtful = isDoubtful;
  }
}

/** Nodes that a document's aliases may expand to. go-yaml stops at a ratio; a real manifest stays under some thousands. */
export const expansionBudget = 200_000;
const deepest = 500;

/** A collection that is being read. */
interface Open {
  readonly kind: "map" | "sequence";
  readonly start: number;
  readonly isFlow: boolean;
  /** Whether braces or brackets are written around it: not around the map in `[a: b]`. */
  readonly hasBrackets: boolean;
  /** Items, or keys and values in turn. */
  readonly parts: RawNode[];
  readonly anchor: string | undefined;
  /** Nodes it expands to, aliases followed. */
  size: number;
  /** Those of them that aliases repeat. */
  expanded: number;
}

type ScalarEvent = Extract<Event, { valueStart: number }>;

const styles: Readonly<Record<number, ScalarStyle>> = {
  [SCALAR_STYLE.PLAIN]: "plain",
  [SCALAR_STYLE.SINGLE_QUOTED]: "single",
  [SCALAR_STYLE.DOUBLE_QUOTED]: "double",
  [SCALAR_STYLE.LITERAL_BLOCK]: "literal",
  [SCALAR_STYLE.FOLDED_BLOCK]: "folded",
};

/** What was read: the first root, and where further ones begin (kubectl drops them in silence). */
export interface Tree {
  readonly root: RawNode | undefined;
  readonly nextRootAt: number | undefined;
}

/**
 * Builds a tree from js-yaml's events. `decodeFrom` is the original text when `text` had line breaks blanked for the
 * parser, or the star of an alias that is a key.
 * @throws NotYaml
 */
export function buildTree(text: string, decodeFrom: string = text): Tree {
  const events = readEvents(text);
  const anchors = new Map<string, RawNode>();
  const sizes = new Map<RawNode, number>();
  const open: Open[] = [];
  let root: RawNode | undefined;
  let nextRootAt: number | undefined;
  let documents = 0;
  let cursor = 0;
  const place = (node: RawNode, size: number, expanded = 0): void => {
    const top = open.at(-1);
    if (top === undefined) {
      if (root === undefined && documents <= 1) root = node;
      else nextRootAt ??= node.start;
      return;
    }
    const isKey = top.kind === "map" && top.parts.length % 2 === 0;
    top.parts.push(node);
    top.size += isKey ? 1 : size;
    top.expanded += isKey ? 0 : expanded;
    if (top.expanded > expansionBudget)
      throw new NotYaml(`its aliases expand to more than ${expansionBudget} nodes`, node.start);
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        documents++;
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        const isFlow = event.style === 2;
        const hasBrackets = isFlow && "{[".includes(text.charAt(event.start));
        open.push({
          kind: event.type === EVENT_ID.MAPPING ? "map" : "sequence",
          start: event.start,
          isFlow,
          hasBrackets,
          parts: [],
          anchor: event.anchorStart < 0 ? undefined : text.slice(event.anchorStart, event.anchorEnd),
          size: 1,
          expanded: 0,
        });
        cursor = Math.max(cursor, event.start + (hasBrackets ? 1 : 0));
        break;
      }
      case EVENT_ID.SCALAR: {
        const { valueStart, valueEnd } = event;
        if (valueStart >= 0 && decodeFrom[valueStart] === "*" && text[valueStart] !== "*") {
          const target = anchors.get(text.slice(valueStart + 1, valueEnd));
          if (target === undefined) throw new NotYaml("this alias does not name an anchor above it", valueStart);
          cursor = valueEnd;
          place({ kind: "alias", start: valueStart, end: valueEnd, target }, 1);
          break;
        }
        const node = scalarOf(event, text, decodeFrom, cursor, open.at(-1));
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
        cursor = Math.max(cursor, node.end);
        place(node, 1);
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const target = anchors.get(name);
        if (!/^[\w-]+$/.test(name))
          throw new NotYaml(`an alias can contain only letters, digits, "_" and "-"`, event.anchorStart);
        if (open.some((each) => each.anchor === name))
          throw new NotYaml("an anchor contains itself", event.anchorStart);
        if (target === undefined) throw new NotYaml("this alias does not name an anchor above it", event.anchorStart);
        cursor = event.anchorEnd;
        const size = sizes.get(target) ?? 1;
        place({ kind: "alias", start: event.anchorStart - 1, end: event.anchorEnd, target }, size, size);
        break;
      }
      case EVENT_ID.POP: {
        const closed = open.pop();
        if (closed === undefined) break; // the document
        const { kind, start, isFlow, hasBrackets, parts, anchor, size, expanded } = closed;
        const last = parts.at(-1);
        if (kind === "map" && parts.length % 2 === 1 && last !== undefined) parts.push(emptyAt(last.end));
        let end = Math.max(start, parts.at(-1)?.end ?? cursor);
        if (hasBrackets) {
          end = endOfFlow(text, cursor, kind === "map" ? "}" : "]");
          cursor = end;
        }
        const node: RawNode =
          kind === "map"
            ? { kind, start, end, isFlow, pairs: parts, hasTextKeys: false }
            : { kind, start, end, isFlow, items: parts };
        if (anchor !== undefined) {
          anchors.set(anchor, node);
          sizes.set(node, size);
        }
        place(node, size, expanded);
      }
    }
  }
  return { root, nextRootAt };
}

function readEvents(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: deepest });
  } catch (error) {
    throw toNotYaml(error);
  }
}

function toNotYaml(error: unknown): NotYaml {
  if (error instanceof RangeError) return new NotYaml("it is nested too deeply", 0);
  const { reason, mark } = error as { readonly reason?: string; readonly mark?: { readonly position?: number } };
  const message = reason ?? (error instanceof Error ? error.message : "it cannot be read");
  const start = mark?.position ?? 0;
  if (/depth|nest/i.test(message)) return new NotYaml(`it is nested more than ${deepest} levels deep`, start);
  return new NotYaml(message, start, true);
}

/** Behind the colon or dash that comes next; where none does (`{ readOnly }`), the place itself. */
export function behindMark(text: string, from: number, mark: ":" | "-"): number {
  let at = from;
  while (at < text.length && " \t\r\n#".includes(text.charAt(at))) {
    const end = text[at] === "#" ? text.indexOf("\n", at) : at + 1;
    at = end < 0 ? text.length : end;
  }
  return text[at] === mark ? at + 1 : from;
}

export function emptyAt(offset: number): RawScalar {
  return {
    kind: "scalar",
    start: offset,
    end: offset,
    contentStart: offset,
    contentEnd: offset,
    style: "plain",
    tag: undefined,
    text: "",
    indent: 0,
  };
}

function scalarOf(
  event: ScalarEvent,
  text: string,
  decodeFrom: string,
  cursor: number,
  parent: Open | undefined,
): RawScalar {
  const tag = event.tagStart < 0 ? undefined : text.slice(event.tagStart, event.tagEnd);
  if (event.valueStart < 0) {
    // Nothing is written: behind the key's colon, or behind the dash. With an anchor or tag, behind that.
    const decorated = Math.max(event.anchorEnd, event.tagEnd);
    const from = decorated >= 0 ? decorated : cursor;
    const isValue = parent?.kind === "map" && parent.parts.length % 2 === 1;
    const isItem = parent?.kind === "sequence" && !parent.isFlow;
    const offset = decorated < 0 && (isValue || isItem) ? behindMark(text, from, isValue ? ":" : "-") : from;
    return { ...emptyAt(offset), tag };
  }
  const style = styles[event.style] ?? "plain";
  const isQuoted = style === "single" || style === "double";
  const isBlock = style === "literal" || style === "folded";
  const start = isQuoted ? event.valueStart - 1 : isBlock ? headerStart(text, event.valueStart) : event.valueStart;
  return {
    kind: "scalar",
    start,
    end: isQuoted ? event.valueEnd + 1 : event.valueEnd,
    contentStart: event.valueStart,
    contentEnd: event.valueEnd,
    style,
    tag,
    text: decode(event, decodeFrom),
    indent: Math.max(0, event.indent),
  };
}

/** A text that was blanked for the parser is decoded from the original, where its breaks still stand. */
function decode(event: ScalarEvent, text: string): string {
  if (!event.fast) return getScalarValue(text, event);
  const raw = text.slice(event.valueStart, event.valueEnd);
  return /[\n\t]/.test(raw) ? getScalarValue(text, { ...event, fast: false }) : raw;
}

/** The `|` or `>` of the block scalar whose content begins at `contentStart`. */
function headerStart(text: string, contentStart: number): number {
  let lineEnd = contentStart;
  // An empty block scalar may begin at the header's own line end.
  if (text[lineEnd - 1] === "\n") lineEnd--;
  if (text[lineEnd - 1] === "\r") lineEnd--;
  const lineStart = text.lastIndexOf("\n", lineEnd - 1) + 1;
  const match = /[|>][-+0-9]*[ \t]*(?:#[\s\S]*)?$/.exec(text.slice(lineStart, lineEnd));
  return match === null ? contentStart : lineStart + match.index;
}

/** Behind the bracket that closes a flow collection; comments between are skipped. */
function endOfFlow(text: string, from: number, bracket: string): number {
  for (let index = from; index < text.length; index++) {
    const character = text[index];
    if (character === bracket) return index + 1;
    if (character === "#" && /\s/.test(text[index - 1] ?? " ")) {
      const end = text.indexOf("\n", index);
      if (end < 0) return text.length;
      index = end;
    }
  }
  return text.length;
}
