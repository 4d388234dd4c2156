import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
} from "yaml";
import { withoutStacks } from "../text/thrown.ts";
import type { RawNode, RawScalar, ScalarStyle } from "./raw.ts";
import { behindMark, emptyAt, expansionBudget, NotYaml, type Tree } from "./tree.ts";

const styles: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

/**
 * The tree of the `yaml` library, for the rare text that js-yaml refuses even with its breaks blanked (a flow collection closed
 * in the key's column below a plain text whose next line begins with a bracket). undefined where that library reports an error too.
 * @throws NotYaml for what kubectl refuses in any text: aliases that expand without end.
 */
export function treeOfLibrary(text: string): Tree | undefined {
  // `yaml` breaks no line at a lone carriage return, kubectl does: its tree would be another one.
  if (/\r(?!\n)/.test(text)) return undefined;
  let document: Document.Parsed;
  try {
    document = withoutStacks(() =>
      parseDocument(text, { schema: "failsafe", uniqueKeys: false, logLevel: "silent", prettyErrors: false }),
    );
  } catch {
    return undefined; // nested too deeply for its recursion
  }
  if (document.errors.length > 0) return undefined;
  const { contents } = document;
  return {
    root: contents === null ? undefined : convert(contents, { text, anchors: new Map(), sizes: new Map() }),
    nextRootAt: undefined,
  };
}

interface Reading {
  readonly text: string;
  readonly anchors: Map<string, RawNode>;
  /** Nodes that a collection expands to, aliases followed. */
  readonly sizes: Map<RawNode, number>;
}

function convert(node: Node, reading: Reading): RawNode {
  const { text, anchors } = reading;
  const [start, valueEnd] = node.range ?? [0, 0];
  if (isAlias(node)) return aliasOf(node, start, valueEnd, anchors);
  const raw = isScalar(node) ? scalarOf(node, text, start, valueEnd) : collectionOf(node, start, valueEnd, reading);
  if ("anchor" in node && typeof node.anchor === "string") anchors.set(node.anchor, raw);
  return raw;
}

function aliasOf(node: Alias, start: number, end: number, anchors: ReadonlyMap<string, RawNode>): RawNode {
  const target = anchors.get(node.source);
  if (target === undefined) throw new NotYaml("this alias does not name an anchor above it", start);
  return { kind: "alias", start, end, target };
}

/** A map or list with its parts; written as a block, it ends where its last part ends. */
function collectionOf(node: Node, start: number, valueEnd: number, reading: Reading): RawNode {
  const parts = isMap(node)
    ? node.items.flatMap(({ key, value }) => {
        const keyNode = convert(key as Node, reading);
        return [
          keyNode,
          value === null ? emptyAt(behindMark(reading.text, keyNode.end, ":")) : convert(value as Node, reading),
        ];
      })
    : isSeq(node)
      ? node.items.map((item) => convert(item as Node, reading))
      : [];
  const isFlow = (isMap(node) || isSeq(node)) && node.flow === true;
  const end = isFlow ? valueEnd : (parts.at(-1)?.end ?? valueEnd);
  const raw: RawNode = isMap(node)
    ? { kind: "map", start, end, isFlow, pairs: parts, hasTextKeys: false }
    : { kind: "sequence", start, end, isFlow, items: parts };
  reading.sizes.set(raw, sizeOf(isMap(node) ? parts.filter((_, index) => index % 2 === 1) : parts, reading.sizes));
  return raw;
}

function sizeOf(children: readonly RawNode[], sizes: ReadonlyMap<RawNode, number>): number {
  let size = 1;
  for (const child of children) {
    size += sizes.get(child.kind === "alias" ? child.target : child) ?? 1;
    if (size > expansionBudget && child.kind === "alias")
      throw new NotYaml(`its aliases expand to more than ${expansionBudget} nodes`, child.start);
  }
  return size;
}

function scalarOf(node: Scalar, text: string, start: number, end: number): RawScalar {
  const style = styles[node.type ?? "PLAIN"] ?? "plain";
  const isQuoted = style === "single" || style === "double";
  const isBlock = style === "literal" || style === "folded";
  const headerEnd = text.indexOf("\n", start);
  const contentStart = isQuoted ? start + 1 : isBlock ? (headerEnd < 0 ? end : Math.min(end, headerEnd + 1)) : start;
  return {
    kind: "scalar",
    start,
    end,
    contentStart,
    contentEnd: isQuoted ? end - 1 : end,
    style,
    tag: node.tag?.replace(/^tag:yaml\.org,2002:/, "!!"),
    text: String(node.value ?? ""),
    indent: isBlock ? indentOf(text.slice(contentStart, end)) : 0,
  };
}

/** The columns that a block scalar strips: those of its first line that is not blank. */
function indentOf(content: string): number {
  return /^( *)\S/m.exec(content)?.[1]?.length ?? 0;
}
