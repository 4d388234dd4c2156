import { applyEdits, SourceFile } from "@dbops/core";
import type { YamlNode } from "../../packages/core/src/yaml/node.ts";
import { parseDocuments } from "../../packages/core/src/yaml/parse.ts";
import { embeddedWords, oddKeys, oddScalars } from "./odd.ts";
import type { Random } from "./random.ts";

/** The values of a text, each with its place. */
export interface Parsed {
  readonly text: string;
  readonly nodes: readonly YamlNode[];
  /** Those that hold text of some other language. */
  readonly embedded: readonly YamlNode[];
}

type Edit = Parameters<typeof applyEdits>[1][number];

const known = new Map<string, Parsed>();

/** Reads a text that many mutants are made of: once. */
export function parsedOnce(text: string): Parsed {
  const found = known.get(text);
  if (found !== undefined) return found;
  const nodes: YamlNode[] = [];
  const collect = (node: YamlNode): void => {
    if (node.isShared || nodes.length > 5000) return;
    nodes.push(node);
    for (const child of node.items()) collect(child);
    for (const [, child] of node.entries()) collect(child);
  };
  for (const { root } of parseDocuments(new SourceFile("/source.yaml", text), { skipPrefilter: true }))
    if (root !== undefined) collect(root);
  const embedded = nodes.filter((node) => /[\n :;=/]/.test(node.string()?.trim() ?? ""));
  const parsed = { text, nodes, embedded };
  known.set(text, parsed);
  return parsed;
}

/** Some changes of values, keys and places of a text, all at once; the text itself where it holds no YAML. */
export function mutateStructure(parsed: Parsed, random: Random): string {
  const edits: Edit[] = [];
  const isFree = ({ span }: Edit): boolean =>
    edits.every((each) => each.span.end < span.start || span.end < each.span.start);
  for (let count = 1 + random.below(3); count > 0; count--) {
    const isEmbedded = parsed.embedded.length > 0 && random.chance(0.35);
    const proposed = isEmbedded
      ? [editEmbedded(random.pick(parsed.embedded), parsed.text, random)]
      : parsed.nodes.length > 0
        ? random.pick(changes)(random.pick(parsed.nodes), parsed, random)
        : [];
    if (proposed.every(isFree)) edits.push(...proposed);
  }
  try {
    return applyEdits(parsed.text, edits);
  } catch {
    return parsed.text; // the parts of one change overlap each other
  }
}

/** A key with its value, or an item: the lines that it stands on. */
function linesOf(node: YamlNode, text: string): Edit["span"] {
  const start = text.lastIndexOf("\n", Math.min(node.keySpan.start, node.span.start) - 1) + 1;
  const end = text.indexOf("\n", Math.max(node.keySpan.end, node.span.end) - 1);
  return { start, end: end < 0 ? text.length : end + 1 };
}

const sliceOf = (text: string, { start, end }: Edit["span"]): string => text.slice(start, end);

const changes: readonly ((node: YamlNode, parsed: Parsed, random: Random) => readonly Edit[])[] = [
  (node, _, random) => [{ span: node.span, newText: random.pick(oddScalars) }],
  (node, _, random) => [{ span: node.span, newText: random.pick(oddScalars) }],
  (node, { text }) => [{ span: linesOf(node, text), newText: "" }],
  (node, { text }) => {
    const { end } = linesOf(node, text);
    return [{ span: { start: end, end }, newText: sliceOf(text, linesOf(node, text)) }];
  },
  (node, { text, nodes }, random) => {
    const { start } = linesOf(random.pick(nodes), text);
    const span = linesOf(node, text);
    return [
      { span, newText: "" },
      { span: { start, end: start }, newText: sliceOf(text, span) },
    ];
  },
  (node, { text, nodes }, random) => [{ span: node.span, newText: sliceOf(text, random.pick(nodes).span) }],
  (node, { nodes }, random) => [{ span: node.span, newText: JSON.stringify(random.pick(nodes).value) ?? "~" }],
  (node, { text }) => [{ span: node.span, newText: JSON.stringify(sliceOf(text, node.span)) }],
  (node, { text }) => [{ span: node.span, newText: `[${sliceOf(text, node.span)}]` }],
  (node, { text }) => [{ span: node.span, newText: `{ name: ${sliceOf(text, node.span)} }` }],
  (node, _, random) => [{ span: node.keySpan, newText: random.pick(oddKeys) }],
  (node, _, random) => {
    const { start } = node.span;
    const tag = random.pick(["!!str ", "!!int ", "!!map ", "!!seq ", "!!null ", "!x ", "&a ", "&b ", "? ", "- "]);
    return [{ span: { start, end: start }, newText: tag }];
  },
  // An anchor here and its alias there, also inside of itself.
  (node, { nodes }, random) => {
    const { start } = node.span;
    return [
      { span: { start, end: start }, newText: "&a " },
      { span: random.pick(nodes).span, newText: "*a" },
    ];
  },
  (node, { text }, random) => {
    const { start } = linesOf(node, text);
    const lines = [
      "---\n",
      "...\n",
      "%YAML 1.1\n---\n",
      "<<: *a\n",
      "# dbops-disable-next-line\n",
      "\n",
      "\t\n",
      "--- # x\n",
    ];
    return [{ span: { start, end: start }, newText: random.pick(lines) }];
  },
];

/** A piece of another language set into a string, at the end of a word, or a line of it doubled or dropped. */
function editEmbedded(node: YamlNode, text: string, random: Random): Edit {
  const { start, end } = node.span;
  const at = start + random.below(end - start + 1);
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const isLater = lineStart > start;
  const indent = isLater ? " ".repeat(text.slice(lineStart, at).search(/[^ ]|$/)) : "";
  const word = random.pick(embeddedWords);
  if (isLater && random.chance(0.3))
    return { span: { start: lineStart, end: lineStart }, newText: `${indent}${word}\n` };
  if (isLater && random.chance(0.2)) {
    const lineEnd = Math.min(end, text.indexOf("\n", at) + 1 || text.length);
    const line = text.slice(lineStart, lineEnd);
    return {
      span: { start: lineStart, end: lineEnd },
      newText: random.chance(0.5) ? "" : line.repeat(2 + random.below(40)),
    };
  }
  if (random.chance(0.15)) return { span: { start: at, end: at }, newText: `${word} `.repeat(2 + random.below(200)) };
  const glue = random.chance(0.5) ? " " : "";
  return { span: { start: at, end: Math.min(end, at + random.below(3)) }, newText: glue + word + glue };
}
