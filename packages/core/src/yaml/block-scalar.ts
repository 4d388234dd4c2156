import { type ChompingMode, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { RawScalar, ScalarStyle } from "./raw.ts";

/** Where a block scalar stands: its sign, its content, and the columns of its indentation. */
export interface BlockExtent {
  readonly start: number;
  readonly end: number;
  readonly contentStart: number;
  readonly indent: number;
  readonly chomping: ChompingMode;
}

/** A text behind `|` or `>`, decoded when somebody asks: scripts and configuration files are long, and few are read. */
export class BlockScalar implements RawScalar {
  readonly #source: string;
  readonly #extent: BlockExtent;
  #text: string | undefined;

  constructor(source: string, extent: BlockExtent) {
    this.#source = source;
    this.#extent = extent;
  }

  get kind(): "scalar" {
    return "scalar";
  }

  get start(): number {
    return this.#extent.start;
  }

  get end(): number {
    return this.#extent.end;
  }

  get contentStart(): number {
    return this.#extent.contentStart;
  }

  get contentEnd(): number {
    return this.#extent.end;
  }

  get style(): ScalarStyle {
    return this.#source.charCodeAt(this.#extent.start) === 62 ? "folded" : "literal";
  }

  get tag(): undefined {
    return undefined;
  }

  get indent(): number {
    return this.#extent.indent;
  }

  get text(): string {
    if (this.#text === undefined) {
      const { contentStart, end, indent, chomping } = this.#extent;
      const style = this.style === "folded" ? SCALAR_STYLE.FOLDED_BLOCK : SCALAR_STYLE.LITERAL_BLOCK;
      this.#text = getScalarValue(this.#source, {
        type: EVENT_ID.SCALAR,
        valueStart: contentStart,
        valueEnd: end,
        style,
        chomping,
        indent,
        fast: false,
        anchorStart: -1,
        anchorEnd: -1,
        tagStart: -1,
        tagEnd: -1,
      });
    }
    return this.#text;
  }
}
