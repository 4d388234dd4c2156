import type { YamlNode } from "../../yaml/node.ts";

/** A scalar with the map or list that holds it. */
export interface HeldScalar {
  readonly node: YamlNode;
  readonly parent: YamlNode | undefined;
}

/** The scalars of an object. What an alias repeats is written elsewhere: it is left out, unless all are asked for. */
export function* scalarsOf(node: YamlNode, withShared = false, parent?: YamlNode): Generator<HeldScalar> {
  if (node.kind === "scalar") {
    yield { node, parent };
    return;
  }
  const children = node.kind === "sequence" ? node.items() : node.entries().map(([, child]) => child);
  for (const child of children) if (withShared || !child.isShared) yield* scalarsOf(child, withShared, node);
}
