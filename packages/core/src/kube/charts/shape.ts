import { madeMap, madeScalar, madeSequence } from "../../yaml/made-node.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** What a chart makes, around the values that it takes as they are written; keys without a value are left out. */
export type Shape =
  | YamlNode
  | string
  | number
  | boolean
  | undefined
  | readonly Shape[]
  | { readonly [key: string]: Shape };

/** A text of which nothing is known, in the form of a variable that somebody fills in. */
export const unknownText = "$" + "{values}";

/** The nodes of a shape: what is not written itself is at `place`. */
export function nodeOf(shape: Exclude<Shape, undefined>, place: YamlNode): YamlNode {
  if (typeof shape !== "object") return madeScalar(place, shape);
  if (isNode(shape)) return shape;
  if (isList(shape))
    return madeSequence(
      place,
      shape.flatMap((item) => (item === undefined ? [] : nodeOf(item, place))),
    );
  const children = new Map<string, YamlNode>();
  for (const [key, child] of Object.entries(shape)) if (child !== undefined) children.set(key, nodeOf(child, place));
  return madeMap(place, children);
}

/** Whether a shape is a value that somebody wrote. */
export function isNode(shape: object): shape is YamlNode {
  return "yamlPath" in shape && "span" in shape;
}

function isList(shape: object): shape is readonly Shape[] {
  return Array.isArray(shape);
}
