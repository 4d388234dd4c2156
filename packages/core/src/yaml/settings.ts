import type { Fact } from "./fact.ts";
import type { Place } from "./node.ts";

/** One setting as written: the last writer wins, as the program reads it. */
export interface Setting {
  readonly name: string;
  readonly value: Fact<string>;
  /** Where the name itself is written. */
  readonly nameAt: Place;
}

/** One program's configuration or environment, gathered from everything that writes it. */
export interface Settings {
  /** undefined: not written anywhere in view and no default known. Names are matched as the program does. */
  get(name: string): Fact<string> | undefined;
  /** An integer or decimal without unit; Unknown when the text is not a number. */
  number(name: string): Fact<number> | undefined;
  /** Bytes, with the units that this program reads. */
  bytes(name: string): Fact<number> | undefined;
  /** Seconds, with the units that this program reads. */
  seconds(name: string): Fact<number> | undefined;
  /** Everything written, in order; defaults are not listed. */
  written(): readonly Setting[];
  /** False: a source is not in view, so nothing may be called absent. */
  readonly isComplete: boolean;
}
