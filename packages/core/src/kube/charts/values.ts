import { madeMap } from "../../yaml/made-node.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { hasPlaceholder } from "../placeholder.ts";
import { nodeOf, type Shape, unknownText } from "./shape.ts";

/**
 * The values of a release as its chart reads them: what is written, else the chart's default, else unknown where a layer that is not in
 * view may set it. Paths are written `primary.persistence.enabled`.
 */
export class ChartValues {
  /** Where what the chart does by itself is: its name. */
  readonly place: YamlNode;
  readonly #root: YamlNode | undefined;
  readonly #hidden: "all" | readonly string[];

  /** `layers`: the strongest first; `hidden`: what values that are not in view may set where these layers do not. */
  constructor(place: YamlNode, layers: readonly YamlNode[], hidden: "all" | readonly string[]) {
    this.place = place;
    this.#root = mergedLayers(layers);
    this.#hidden = hidden;
  }

  /** What is written at a path; a key that is emptied (`null`) is none. */
  written(path: string): YamlNode | undefined {
    const node = this.#at(path);
    return node === undefined || node === "unknown" || isNull(node) ? undefined : node;
  }

  /** Whether the value at a path is not known: filled in later, or set by values that are not in view. */
  isUnknown(path: string): boolean {
    const node = this.#at(path);
    if (node === "unknown") return true;
    if (node === undefined) return this.#mayBeSet(path);
    return node.kind === "scalar" && hasPlaceholder(node.text() ?? "");
  }

  /** A value as the chart writes it into an object; undefined: none. */
  scalar(path: string, byDefault?: string | number | boolean): YamlNode | undefined {
    const node = this.#at(path);
    if (node === undefined && !this.#mayBeSet(path))
      return byDefault === undefined ? undefined : nodeOf(byDefault, this.place);
    if (node === undefined || node === "unknown") return nodeOf(unknownText, this.place);
    // `""` is how charts write "not set".
    return isNull(node) || node.value === "" ? undefined : node;
  }

  /** The text of a value, with its placeholders; empty where there is none, undefined where it is not known at all. */
  text(path: string, byDefault = ""): string | undefined {
    const node = this.#at(path);
    if (node === undefined) return this.#mayBeSet(path) ? undefined : byDefault;
    return node === "unknown" ? undefined : (node.text() ?? "");
  }

  /** What `if` of a template makes of a value; undefined: not known. */
  truth(path: string, byDefault: boolean): boolean | undefined {
    const node = this.#at(path);
    if (node === undefined) return this.#mayBeSet(path) ? undefined : byDefault;
    if (node === "unknown") return undefined;
    if (node.kind !== "scalar") return node.entries().length + node.items().length > 0;
    const { value } = node;
    if (typeof value === "string") return hasPlaceholder(value) ? undefined : value !== "";
    return value !== null && value !== false && value !== 0;
  }

  /** A map or list that is not empty; undefined: none is set. */
  part(path: string): YamlNode | "unknown" | undefined {
    const node = this.#at(path);
    if (node === undefined) return this.#mayBeSet(path) ? "unknown" : undefined;
    if (node === "unknown") return "unknown";
    // A template that gives a list or a map.
    if (node.kind === "scalar") return this.truth(path, false) === false ? undefined : "unknown";
    return node.entries().length + node.items().length > 0 ? node : undefined;
  }

  /** The items of a list, with `unknown` in their place where they are not known. */
  items(path: string, unknown: Shape): readonly Shape[] {
    const list = this.part(path);
    return list === undefined ? [] : list === "unknown" ? [unknown] : list.items();
  }

  /** The nodes of a shape, at the chart's name where they are not values. */
  nodeOf(shape: Exclude<Shape, undefined>): YamlNode {
    return nodeOf(shape, this.place);
  }

  #at(path: string): YamlNode | "unknown" | undefined {
    let node = this.#root;
    for (const key of path.split(".")) {
      const next = node?.at(key);
      // `primary: ${PRIMARY}`
      if (next === undefined && node?.kind === "scalar" && hasPlaceholder(node.text() ?? "")) return "unknown";
      node = next;
    }
    return node;
  }

  #mayBeSet(path: string): boolean {
    if (this.#hidden === "all") return true;
    return this.#hidden.some((each) => each === path || path.startsWith(`${each}.`) || each.startsWith(`${path}.`));
  }
}

/** Values as Helm merges them, the strongest first; undefined: there are none. */
export function mergedLayers(layers: readonly YamlNode[]): YamlNode | undefined {
  return layers.reduceRight<YamlNode | undefined>(
    (under, over) => (under === undefined ? over : merged(over, under)),
    undefined,
  );
}

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** Maps are merged, all else is replaced. https://helm.sh/docs/chart_template_guide/values_files/ */
function merged(over: YamlNode, under: YamlNode): YamlNode {
  if (over.kind !== "map" || under.kind !== "map") return over;
  const children = new Map(under.entries());
  for (const [key, child] of over.entries()) {
    const other = children.get(key);
    children.set(key, other === undefined ? child : merged(child, other));
  }
  return madeMap(over, children);
}
