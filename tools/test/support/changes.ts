/** An object, and changes to single fields of it. */
export interface Tried {
  readonly object: Readonly<Record<string, unknown>>;
  /** A path and what is written there; undefined: it is taken out. */
  readonly changes: readonly (readonly [path: string, value: unknown])[];
}

/** Changes of one field, to each of these values. */
export const some = (path: string, ...values: readonly unknown[]): Tried["changes"] =>
  values.map((value) => [path, value]);

/** A copy of an object with another value at a path such as `spec.containers.0.image`; undefined: without it, as JSON is written. */
export function changed(object: unknown, path: string, value: unknown): unknown {
  return withValue(object, path.split("."), value);
}

function withValue(object: unknown, [key = "", ...rest]: readonly string[], value: unknown): unknown {
  const copy: Record<string, unknown> | unknown[] = Array.isArray(object) ? [...object] : { ...(object as object) };
  const slot = copy as Record<string, unknown>;
  slot[key] = rest.length === 0 ? value : withValue(slot[key], rest, value);
  return copy;
}
