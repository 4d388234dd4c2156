import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { PathSegment, Place, YamlNode } from "./node.ts";

/** A node that no file holds as it is, at the place of one that is written: nothing is edited from here. */
abstract class MadeNode implements YamlNode {
  protected readonly written: YamlNode;
  readonly isShared = true;
  abstract readonly kind: YamlNode["kind"];
  abstract readonly value: unknown;

  constructor(written: YamlNode) {
    this.written = written;
  }

  get file(): SourceFile {
    return this.written.file;
  }
  get span(): Span {
    return this.written.span;
  }
  get keySpan(): Span {
    return this.written.keySpan;
  }
  get yamlPath(): readonly PathSegment[] {
    return this.written.yamlPath;
  }
  get style(): YamlNode["style"] {
    return this.kind === "scalar" ? "plain" : undefined;
  }
  get isFlow(): boolean {
    return this.written.isFlow;
  }

  protected child(_segment: PathSegment): YamlNode | undefined {
    return undefined;
  }
  items(): readonly YamlNode[] {
    return [];
  }
  entries(): readonly (readonly [string, YamlNode])[] {
    return [];
  }
  at(...path: readonly PathSegment[]): YamlNode | undefined {
    const [first, ...rest] = path;
    return first === undefined ? this : this.child(first)?.at(...rest);
  }
  nearest(...path: readonly PathSegment[]): YamlNode {
    const [first, ...rest] = path;
    return first === undefined ? this : (this.child(first)?.nearest(...rest) ?? this);
  }
  string(...path: readonly PathSegment[]): string | undefined {
    const value = this.#scalar(path);
    return typeof value === "string" ? value : undefined;
  }
  integer(...path: readonly PathSegment[]): number | undefined {
    const value = this.#scalar(path);
    return typeof value === "number" && Number.isInteger(value) ? value : undefined;
  }
  boolean(...path: readonly PathSegment[]): boolean | undefined {
    const value = this.#scalar(path);
    return typeof value === "boolean" ? value : undefined;
  }
  text(...path: readonly PathSegment[]): string | undefined {
    const value = this.#scalar(path);
    return value === undefined || value === null ? undefined : String(value);
  }
  inside(_decoded: Span): Place {
    return this;
  }

  #scalar(path: readonly PathSegment[]): unknown {
    const node = this.at(...path);
    return node?.kind === "scalar" ? node.value : undefined;
  }
}

class MadeMap extends MadeNode {
  readonly kind = "map";
  readonly #children: ReadonlyMap<string, YamlNode>;

  constructor(written: YamlNode, children: ReadonlyMap<string, YamlNode>) {
    super(written);
    this.#children = children;
  }
  get value(): unknown {
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, node] of this.#children) object[key] = node.value;
    return Object.freeze(object);
  }
  protected override child(segment: PathSegment): YamlNode | undefined {
    return this.#children.get(String(segment));
  }
  override entries(): readonly (readonly [string, YamlNode])[] {
    return [...this.#children];
  }
}

class MadeSequence extends MadeNode {
  readonly kind = "sequence";
  readonly #items: readonly YamlNode[];

  constructor(written: YamlNode, items: readonly YamlNode[]) {
    super(written);
    this.#items = items;
  }
  get value(): unknown {
    return Object.freeze(this.#items.map((item) => item.value));
  }
  protected override child(segment: PathSegment): YamlNode | undefined {
    return typeof segment === "number" ? this.#items[segment] : undefined;
  }
  override items(): readonly YamlNode[] {
    return this.#items;
  }
}

class MadeScalar extends MadeNode {
  readonly kind = "scalar";
  readonly value: string | number | boolean;

  constructor(written: YamlNode, value: string | number | boolean) {
    super(written);
    this.value = value;
  }
}

/** A node of a text that is itself a string of another file. */
class NodeInString extends MadeNode {
  readonly #node: YamlNode;

  constructor(node: YamlNode, holder: YamlNode) {
    super(holder);
    this.#node = node;
  }
  get kind(): YamlNode["kind"] {
    return this.#node.kind;
  }
  get value(): unknown {
    return this.#node.value;
  }
  override get span(): Span {
    return this.written.inside(this.#node.span).span;
  }
  override get keySpan(): Span {
    return this.written.inside(this.#node.keySpan).span;
  }
  override get style(): YamlNode["style"] {
    return this.#node.style;
  }
  override get isFlow(): boolean {
    return this.#node.isFlow;
  }
  protected override child(segment: PathSegment): YamlNode | undefined {
    const node = this.#node.at(segment);
    return node === undefined ? undefined : new NodeInString(node, this.written);
  }
  override items(): readonly YamlNode[] {
    return this.#node.items().map((item) => new NodeInString(item, this.written));
  }
  override entries(): readonly (readonly [string, YamlNode])[] {
    return this.#node.entries().map(([key, node]) => [key, new NodeInString(node, this.written)]);
  }
  override inside(decoded: Span): Place {
    return this.written.inside(this.#node.inside(decoded).span);
  }
}

/** A map at the place of another, with children from any file. */
export function madeMap(written: YamlNode, children: ReadonlyMap<string, YamlNode>): YamlNode {
  return new MadeMap(written, children);
}

/** A list at the place of another, with items from any file. */
export function madeSequence(written: YamlNode, items: readonly YamlNode[]): YamlNode {
  return new MadeSequence(written, items);
}

/** A value that a tool makes of what is written. */
export function madeScalar(written: YamlNode, value: string | number | boolean): YamlNode {
  return new MadeScalar(written, value);
}

/** A node of the text that the string `holder` holds, with its place in the holder's file. */
export function nodeInString(node: YamlNode, holder: YamlNode): YamlNode {
  return new NodeInString(node, holder);
}
