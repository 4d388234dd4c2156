import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import { decodedOffsets } from "./decoded-offsets.ts";
import type { PathSegment, Place, YamlNode } from "./node.ts";
import { entriesOf, isText, type RawMap, type RawNode, type RawScalar, resolved } from "./raw.ts";
import { scalarValue } from "./scalar.ts";

/** Where a tree stands in a file: trees hold offsets relative to their document. */
export interface Anchor {
  readonly file: SourceFile;
  readonly base: number;
}

type Target = Exclude<RawNode, { kind: "alias" }>;

/** A cursor on a raw tree; children are made when asked and kept, so that one place is one object. */
export class NodeView implements YamlNode {
  readonly #anchor: Anchor;
  readonly #written: RawNode;
  readonly #raw: Target;
  readonly #parent: NodeView | undefined;
  readonly #segment: PathSegment;
  readonly #key: RawNode | undefined;
  readonly isShared: boolean;
  /** By index of the entry or item. */
  #children: (NodeView | undefined)[] | undefined;
  /** By name, for maps whose keys need more than a comparison. */
  #named: Map<string, NodeView> | undefined;

  constructor(
    anchor: Anchor,
    written: RawNode,
    parent?: NodeView,
    segment: PathSegment = "",
    key?: RawNode,
    isShared = false,
  ) {
    this.#anchor = anchor;
    this.#written = written;
    this.#raw = resolved(written);
    this.#parent = parent;
    this.#segment = segment;
    this.#key = key;
    this.isShared = isShared || written.kind === "alias";
  }

  get file(): SourceFile {
    return this.#anchor.file;
  }

  get span(): Span {
    return spanOf(this.#written, this.#anchor.base);
  }

  get keySpan(): Span {
    return spanOf(this.#key ?? this.#written, this.#anchor.base);
  }

  get yamlPath(): readonly PathSegment[] {
    const path: PathSegment[] = [];
    for (let node: NodeView = this; node.#parent !== undefined; node = node.#parent) path.push(node.#segment);
    return path.reverse();
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
    if (this.#raw.kind === "scalar") return scalarValue(this.#raw);
    if (this.#raw.kind === "sequence") return Object.freeze(this.items().map((item) => item.value));
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, node] of this.entries()) object[key] = node.value;
    return Object.freeze(object);
  }

  at(...path: readonly PathSegment[]): YamlNode | undefined {
    let node: NodeView | undefined = this;
    for (let depth = 0; depth < path.length && node !== undefined; depth++)
      node = node.#child(path[depth] as PathSegment);
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
    const raw = this.#raw;
    return raw.kind === "sequence" ? raw.items.map((_, index) => this.#item(raw.items, index)) : [];
  }

  entries(): readonly (readonly [string, YamlNode])[] {
    const raw = this.#raw;
    if (raw.kind !== "map") return [];
    if (!raw.hasTextKeys) return [...this.#names(raw)];
    const entries: (readonly [string, YamlNode])[] = [];
    for (let index = 0; index < raw.pairs.length; index += 2)
      entries.push([(raw.pairs[index] as RawScalar).text, this.#entry(raw, index)]);
    return entries;
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

  /** Most questions end in a text: the way there needs no cursors. */
  #scalarAt(path: readonly PathSegment[]): unknown {
    let raw = this.#raw;
    for (let depth = 0; depth < path.length; depth++) {
      const segment = path[depth] as PathSegment;
      let next: RawNode | undefined;
      if (raw.kind === "sequence") next = typeof segment === "number" ? raw.items[segment] : undefined;
      else if (raw.kind === "map") {
        if (!raw.hasTextKeys) {
          const node = (depth === 0 ? this : (this.at(...path.slice(0, depth)) as NodeView)).at(...path.slice(depth));
          return node?.kind === "scalar" ? node.value : undefined;
        }
        next = raw.pairs[indexOfKey(raw, segment) + 1];
      }
      if (next === undefined) return undefined;
      raw = resolved(next);
    }
    return raw.kind === "scalar" ? scalarValue(raw) : undefined;
  }

  #child(segment: PathSegment): NodeView | undefined {
    const raw = this.#raw;
    if (raw.kind === "sequence")
      return typeof segment === "number" && raw.items[segment] !== undefined
        ? this.#item(raw.items, segment)
        : undefined;
    if (raw.kind !== "map") return undefined;
    if (!raw.hasTextKeys) return this.#names(raw).get(String(segment));
    const index = indexOfKey(raw, segment);
    return index < 0 ? undefined : this.#entry(raw, index);
  }

  #item(items: readonly RawNode[], index: number): NodeView {
    this.#children ??= new Array<NodeView | undefined>(items.length).fill(undefined);
    let child = this.#children[index];
    if (child === undefined) {
      child = new NodeView(this.#anchor, items[index] as RawNode, this, index, undefined, this.isShared);
      this.#children[index] = child;
    }
    return child;
  }

  #entry(raw: RawMap, index: number): NodeView {
    const slot = index / 2;
    this.#children ??= new Array<NodeView | undefined>(raw.pairs.length / 2).fill(undefined);
    let child = this.#children[slot];
    if (child === undefined) {
      const key = raw.pairs[index] as RawScalar;
      child = new NodeView(this.#anchor, raw.pairs[index + 1] as RawNode, this, key.text, key, this.isShared);
      this.#children[slot] = child;
    }
    return child;
  }

  #names(raw: RawMap): Map<string, NodeView> {
    if (this.#named === undefined) {
      this.#named = new Map();
      this.#fill(this.#named, raw, this.isShared);
    }
    return this.#named;
  }

  /** In the order written: of equal keys the last wins, and a merge key overwrites what stands before it (go-yaml v2). */
  #fill(children: Map<string, NodeView>, raw: RawMap, isShared: boolean): void {
    for (const [key, value] of entriesOf(raw)) {
      const keyNode = resolved(key);
      if (isMergeKey(key)) {
        const target = resolved(value);
        const maps = target.kind === "sequence" ? [...target.items].reverse().map(resolved) : [target];
        for (const map of maps) if (map.kind === "map") this.#fill(children, map, true);
        continue;
      }
      const name = keyText(keyNode);
      if (name === undefined) continue;
      children.delete(name);
      children.set(name, new NodeView(this.#anchor, value, this, name, key, isShared));
    }
  }
}

function spanOf({ start, end }: RawNode, base: number): Span {
  return { start: start + base, end: end + base };
}

/** Where a key stands among the pairs; -2 where it is not written. */
function indexOfKey(raw: RawMap, segment: PathSegment): number {
  const name = String(segment);
  for (let index = 0; index < raw.pairs.length; index += 2)
    if (isText(raw.pairs[index] as RawScalar, name)) return index;
  return -2;
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
