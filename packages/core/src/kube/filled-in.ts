import { madeMap, madeScalar, madeSequence } from "../yaml/made-node.ts";
import type { YamlNode } from "../yaml/node.ts";

/** A text with its variables filled in. */
interface Filled {
  readonly value: string | number | boolean;
  /** Where the value is written; undefined: partly in the text itself. */
  readonly at?: YamlNode;
}

/** What a text with variables becomes; undefined: none of them has a value. */
export type FillIn = (text: string) => Filled | undefined;

/** The tree with the variables of its texts filled in: the same nodes where nothing was. */
export function filledIn(node: YamlNode, fillIn: FillIn): YamlNode {
  if (node.kind === "map") {
    const entries = node.entries();
    const children = entries.map(([key, child]) => [key, filledIn(child, fillIn)] as const);
    return children.every(([, child], index) => child === entries[index]?.[1])
      ? node
      : madeMap(node, new Map(children));
  }
  if (node.kind === "sequence") {
    const items = node.items();
    const made = items.map((item) => filledIn(item, fillIn));
    return made.every((item, index) => item === items[index]) ? node : madeSequence(node, made);
  }
  const text = node.string();
  if (text?.includes("${") !== true) return node;
  const filled = fillIn(text);
  return filled === undefined ? node : madeScalar(filled.at ?? node, filled.value);
}
