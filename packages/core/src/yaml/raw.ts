/** A node of a document's tree; offsets are relative to the document, so that the tree can be cached by its text. */
export type RawNode = RawMap | RawSequence | RawScalar | RawAlias;

export interface RawMap {
  readonly kind: "map";
  readonly start: number;
  readonly end: number;
  readonly isFlow: boolean;
  /** Keys and values in turn, as written: one list a map keeps large files small in memory. */
  readonly pairs: readonly RawNode[];
  /** Each key is a scalar that reads as text, none is a merge key and none is written twice: `key.text` names its entry. */
  readonly hasTextKeys: boolean;
}

export interface RawSequence {
  readonly kind: "sequence";
  readonly start: number;
  readonly end: number;
  readonly isFlow: boolean;
  readonly items: readonly RawNode[];
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

/** A scalar on one line without escapes: its text is cut from the document when somebody asks. */
export class LineScalar implements RawScalar {
  readonly #source: string;
  readonly start: number;
  readonly end: number;

  constructor(source: string, start: number, end: number) {
    this.#source = source;
    this.start = start;
    this.end = end;
  }

  get kind(): "scalar" {
    return "scalar";
  }

  get style(): ScalarStyle {
    const code = this.start === this.end ? 0 : this.#source.charCodeAt(this.start);
    return code === 34 ? "double" : code === 39 ? "single" : "plain";
  }

  get contentStart(): number {
    return this.style === "plain" ? this.start : this.start + 1;
  }

  get contentEnd(): number {
    return this.style === "plain" ? this.end : this.end - 1;
  }

  get tag(): undefined {
    return undefined;
  }

  get text(): string {
    return this.#source.slice(this.contentStart, this.contentEnd);
  }

  get indent(): number {
    return 0;
  }

  /** Whether the text is `name`, without cutting it out. */
  is(name: string): boolean {
    const { contentStart } = this;
    return this.contentEnd - contentStart === name.length && this.#source.startsWith(name, contentStart);
  }
}

/** Whether a scalar's text is `name`. */
export function isText(scalar: RawScalar, name: string): boolean {
  return scalar instanceof LineScalar ? scalar.is(name) : scalar.text === name;
}

export interface RawAlias {
  readonly kind: "alias";
  readonly start: number;
  readonly end: number;
  readonly target: RawNode;
}

/** The keys of a map with their values. */
export function* entriesOf(map: RawMap): Iterable<readonly [RawNode, RawNode]> {
  for (let index = 0; index < map.pairs.length; index += 2)
    yield [map.pairs[index] as RawNode, map.pairs[index + 1] as RawNode];
}

/** Follows an alias to what it stands for. */
export function resolved(node: RawNode): Exclude<RawNode, RawAlias> {
  let current = node;
  while (current.kind === "alias") current = current.target;
  return current;
}
