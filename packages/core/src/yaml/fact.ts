import type { Place } from "./node.ts";

/** A value and where it stands. `default`: nothing is written, the program's default holds, and `at` is where it would stand. */
export interface Known<T> {
  readonly value: T;
  readonly at: Place;
  readonly origin: "written" | "default";
}

/** Not to be known from what is in view (a Secret elsewhere, `${VAR}`, a template): rules return, or say "at least". */
export interface Unknown {
  readonly value: undefined;
  readonly at: Place;
  readonly because: string;
  /** The text, where some of it is known: each unknown part is a run of `opaque` characters. */
  readonly partly?: string;
}

/** Stands for a character that is not known; of the private use area, so that no host, name or number holds it. */
export const opaque = "\uE000";

/** The text of a fact as far as it is known; undefined: nothing of it is. */
export function knownText(fact: Fact<string>): string | undefined {
  return "because" in fact ? fact.partly : fact.value;
}

/** A part of a text that is known in part; undefined where the unknown reaches into it. */
export function clearPart(text: string | undefined): string | undefined {
  return text?.includes(opaque) === true ? undefined : text;
}

export type Fact<T> = Known<T> | Unknown;

export function known<T>(value: T, at: Place): Known<T> {
  return { value, at, origin: "written" };
}

export function byDefault<T>(value: T, at: Place): Known<T> {
  return { value, at, origin: "default" };
}

export function unknown(at: Place, because: string, partly?: string): Unknown {
  return partly === undefined || partly.replaceAll(opaque, "") === ""
    ? { value: undefined, at, because }
    : { value: undefined, at, because, partly };
}

/** Somebody wrote it, whether or not its value is known. */
export function isWritten(fact: Fact<unknown> | undefined): boolean {
  return fact !== undefined && ("because" in fact || fact.origin === "written");
}
