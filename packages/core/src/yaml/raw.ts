/** A node of a document's tree; offsets are relative to the document, so that the tree can be cached by its text. */
export type RawNode = RawMap | RawSequence | RawScalar | RawAlias;

export interface RawEntry {
  readonly key: RawNode;
  readonly value: RawNode;
}

export interface RawMap {
  readonly kind: "map";
  start: number;
  end: number;
  readonly isFlow: boolean;
  readonly entries: RawEntry[];
  /** Nodes it expands to, aliases followed. */
  size: number;
}

export interface RawSequence {
  readonly kind: "sequence";
  start: number;
  end: number;
  readonly isFlow: boolean;
  readonly items: RawNode[];
  size: number;
}

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

export interface RawScalar {
  readonly kind: "scalar";
  /** Quotes and block headers included. */
  readonly start: number;
  readonly end: number;
  /** Where the content begins: behind the quote or the block header's line. */
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly style: ScalarStyle;
  readonly tag: string | undefined;
  /** Decoded text. */
  readonly text: string;
  /** Columns of indentation that a block scalar strips from each line. */
  readonly indent: number;
}

export interface RawAlias {
  readonly kind: "alias";
  readonly start: number;
  readonly end: number;
  readonly target: RawNode;
}

/** Follows an alias to what it stands for. */
export function resolved(node: RawNode): Exclude<RawNode, RawAlias> {
  let current = node;
  while (current.kind === "alias") current = current.target;
  return current;
}
