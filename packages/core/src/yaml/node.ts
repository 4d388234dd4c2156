import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";

export type PathSegment = string | number;

/** All that a finding can point at: a node, or a word inside a string. */
export interface Place {
  readonly file: SourceFile;
  readonly span: Span;
  readonly yamlPath: readonly PathSegment[];
}

/**
 * A cursor on a value and where it is written. Look-ups see through merge keys and aliases as kubectl does
 * (a merge key after a key wins over it; of duplicate keys the last wins).
 */
export interface YamlNode extends Place {
  readonly kind: "map" | "sequence" | "scalar";
  /** The decoded value: scalars typed by kubectl's rules (YAML 1.1), maps as `Map`-free frozen null-prototype objects. */
  readonly value: unknown;
  /** Where the key that leads here is written; equals `span` for list items and the root. */
  readonly keySpan: Span;
  /** Reached through an alias or a merge key: written elsewhere, so it may not be edited from here. */
  readonly isShared: boolean;
  /** How a scalar is written; `undefined` for maps and sequences. */
  readonly style: "plain" | "single" | "double" | "literal" | "folded" | undefined;
  /** Collections only: written as `{}` or `[]`. */
  readonly isFlow: boolean;
  /** The node at a path below this one; undefined where nothing is written. */
  at(...path: readonly PathSegment[]): YamlNode | undefined;
  /** The deepest existing node on the path: where "missing" points. */
  nearest(...path: readonly PathSegment[]): YamlNode;
  /** List items; empty for anything that is not a list. */
  items(): readonly YamlNode[];
  /** Key and value of a map in the order written, merged keys last; empty for anything that is not a map. */
  entries(): readonly (readonly [string, YamlNode])[];
  /** The string at the path (numbers and booleans are not strings); undefined where something else or nothing stands. */
  string(...path: readonly PathSegment[]): string | undefined;
  /** An integer written as a number. */
  integer(...path: readonly PathSegment[]): number | undefined;
  boolean(...path: readonly PathSegment[]): boolean | undefined;
  /** String, number or boolean as text, the way a program would see it (`5432`, `true`). */
  text(...path: readonly PathSegment[]): string | undefined;
  /** The place of a part of a string value, given by offsets into the decoded string; the whole value where escapes or folding hide it. */
  inside(decoded: Span): Place;
}

/** A place for the key of a node: where people look when something is missing below it. */
export function keyOf(node: YamlNode): Place {
  return { file: node.file, span: node.keySpan, yamlPath: node.yamlPath };
}

/** Whether a place is that of a value as a whole. */
export function isNode(place: Place): place is YamlNode {
  return "inside" in place && "kind" in place;
}

/** The text of the value at a place, as written; empty where the place is a part of one. */
export function textAt(place: Place): string {
  return isNode(place) ? (place.text() ?? "") : "";
}
