import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import { decodedOffsets } from "./decoded-offsets.ts";
import type { PathSegment, Place, YamlNode } from "./node.ts";
import { type RawMap, type RawNode, type RawScalar, resolved } from "./raw.ts";
import { scalarValue } from "./scalar.ts";

/** Where a tree stands in a file: trees hold offsets relative to their document. */
export interface Anchor {
  readonly file: SourceFile;
  readonly base: number;
}

/** A cursor on a raw tree; children are made when asked and kept. */
export class NodeView implements YamlNode {
  readonly #anchor: Anchor;
  readonly #written: RawNode;
  readonly #raw: Exclude<RawNode, { kind: "alias" }>;
  readonly yamlPath: readonly PathSegment[];
  readonly keySpan: Span;
  readonly isShared: boolean;
  #children: Map<PathSegment, NodeView> | undefined;
  #items: readonly NodeView[] | undefined;
  #value: unknown;
  #hasValue = false;

  constructor(
    anchor: Anchor,
    written: RawNode,
    yamlPath: readonly PathSegment[],
    key: Span | undefined,
    isShared: boolean,
  ) {
    this.#anchor = anchor;
    this.#written = written;
    this.#raw = resolved(written);
    this.yamlPath = yamlPath;
    this.isShared = isShared || written.kind === "alias";
    this.keySpan = key ?? this.span;
  }

  get file(): SourceFile {
    return this.#anchor.file;
  }

  get span(): Span {
    return { start: this.#written.start + this.#anchor.base, end: this.#written.end + this.#anchor.base };
  }

  get kind(): YamlNode["kind"] {
    return this.#raw.kind;
  }

  get style(): YamlNode["style"] {
    return this.#raw.kind === "scalar" ? this.#raw.style : undefined;
  }

  get isFlow(): boolean {
    return this.#raw.kind !== "scalar" && this.#raw.isFlow;
  }

  get value(): unknown {
    if (!this.#hasValue) {
      this.#value = this.#computeValue();
      this.#hasValue = true;
    }
    return this.#value;
  }

  at(...path: readonly PathSegment[]): YamlNode | undefined {
    let node: NodeView | undefined = this;
    for (const segment of path) {
      node = node.#child(segment);
      if (node === undefined) return undefined;
    }
    return node;
  }

  nearest(...path: readonly PathSegment[]): YamlNode {
    let node: NodeView = this;
    for (const segment of path) {
      const next = node.#child(segment);
      if (next === undefined) return node;
      node = next;
    }
    return node;
  }

  items(): readonly YamlNode[] {
    if (this.#raw.kind !== "sequence") return [];
    this.#items ??= this.#raw.items.map(
      (item, index) => new NodeView(this.#anchor, item, [...this.yamlPath, index], undefined, this.isShared),
    );
    return this.#items;
  }

  entries(): readonly (readonly [string, YamlNode])[] {
    return [...this.#childMap()].map(([key, node]) => [String(key), node] as const);
  }

  string(...path: readonly PathSegment[]): string | undefined {
    const value = this.#scalarAt(path);
    return typeof value === "string" ? value : undefined;
  }

  integer(...path: readonly PathSegment[]): number | undefined {
    const value = this.#scalarAt(path);
    return typeof value === "number" && Number.isInteger(value) ? value : undefined;
  }

  boolean(...path: readonly PathSegment[]): boolean | undefined {
    const value = this.#scalarAt(path);
    return typeof value === "boolean" ? value : undefined;
  }

  text(...path: readonly PathSegment[]): string | undefined {
    const value = this.#scalarAt(path);
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : undefined;
  }

  inside(decoded: Span): Place {
    const offsets =
      this.#raw.kind === "scalar" ? decodedOffsets(this.#raw, this.file.text, this.#anchor.base, decoded) : undefined;
    return { file: this.file, span: offsets ?? this.span, yamlPath: this.yamlPath };
  }

  #scalarAt(path: readonly PathSegment[]): unknown {
    const node = path.length === 0 ? this : (this.at(...path) as NodeView | undefined);
    return node !== undefined && node.#raw.kind === "scalar" ? node.value : undefined;
  }

  #child(segment: PathSegment): NodeView | undefined {
    if (typeof segment === "number" && this.#raw.kind === "sequence")
      return this.items()[segment] as NodeView | undefined;
    return this.#raw.kind === "map" ? this.#childMap().get(String(segment)) : undefined;
  }

  #childMap(): Map<PathSegment, NodeView> {
    if (this.#children === undefined) {
      this.#children = new Map();
      if (this.#raw.kind === "map") this.#fill(this.#children, this.#raw, this.isShared);
    }
    return this.#children;
  }

  /** In the order written: of equal keys the last wins, and a merge key overwrites what stands before it (go-yaml v2). */
  #fill(children: Map<PathSegment, NodeView>, raw: RawMap, isShared: boolean): void {
    for (const { key, value } of raw.entries) {
      const keyNode = resolved(key);
      if (isMergeKey(key)) {
        const target = resolved(value);
        const maps = target.kind === "sequence" ? [...target.items].reverse().map(resolved) : [target];
        for (const map of maps) if (map.kind === "map") this.#fill(children, map, true);
        continue;
      }
      const name = keyText(keyNode);
      if (name === undefined) continue;
      const span = { start: key.start + this.#anchor.base, end: key.end + this.#anchor.base };
      children.delete(name);
      children.set(name, new NodeView(this.#anchor, value, [...this.yamlPath, name], span, isShared));
    }
  }

  #computeValue(): unknown {
    if (this.#raw.kind === "scalar") return scalarValue(this.#raw);
    if (this.#raw.kind === "sequence") return Object.freeze(this.items().map((item) => item.value));
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, node] of this.#childMap()) object[String(key)] = node.value;
    return Object.freeze(object);
  }
}

/** `<<` written plainly, which merges instead of naming a key. */
export function isMergeKey(key: RawNode): boolean {
  return key.kind === "scalar" && key.style === "plain" && key.text === "<<" && key.tag === undefined;
}

/** A key as JSON writes it; undefined where kubectl refuses it (null, a map, a list). */
export function keyText(key: Exclude<RawNode, { kind: "alias" }>): string | undefined {
  if (key.kind !== "scalar") return undefined;
  const value = scalarValue(key);
  if (value === null) return undefined;
  return typeof value === "number" ? numberKey(value, key) : String(value);
}

function numberKey(value: number, key: RawScalar): string {
  // An integer beyond 2^53 keeps its digits as a key.
  if (/^-?[1-9]\d{15,}$/.test(key.text)) return key.text;
  return Number.isFinite(value) ? String(value) : key.text;
}
