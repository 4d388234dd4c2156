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
}

export type Fact<T> = Known<T> | Unknown;

export function known<T>(value: T, at: Place): Known<T> {
  return { value, at, origin: "written" };
}

export function byDefault<T>(value: T, at: Place): Known<T> {
  return { value, at, origin: "default" };
}

export function unknown(at: Place, because: string): Unknown {
  return { value: undefined, at, because };
}

/** Somebody wrote it, whether or not its value is known. */
export function isWritten(fact: Fact<unknown> | undefined): boolean {
  return fact !== undefined && ("because" in fact || fact.origin === "written");
}
