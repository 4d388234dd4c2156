import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { PathSegment, Place } from "../yaml/node.ts";

/** Turns offsets in a script into a place in the file. */
export type PlaceOf = (span: Span) => Place;

/** A part of a script. Where it stands in the file is found when somebody points at it: scripts have thousands of words. */
export class ScriptPlace implements Place {
  readonly #placeOf: PlaceOf;
  readonly #within: Span;

  constructor(placeOf: PlaceOf, within: Span) {
    this.#placeOf = placeOf;
    this.#within = within;
  }

  get file(): SourceFile {
    return this.#place.file;
  }

  get span(): Span {
    return this.#place.span;
  }

  get yamlPath(): readonly PathSegment[] {
    return this.#place.yamlPath;
  }

  /** Found anew each time: the document may have moved, and few words are ever pointed at. */
  get #place(): Place {
    return this.#placeOf(this.#within);
  }
}
