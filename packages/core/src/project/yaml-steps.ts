import type { PathSegment, YamlNode } from "../yaml/node.ts";

/** One step of a path that still leads to the same thing when lists were merged: an item is known by what names it. */
export type Step = string | ListStep;

interface ListStep {
  readonly index: number;
  /** The field whose value no other item has, and that value; undefined: only the place in the list says which it is. */
  readonly key: readonly [path: readonly string[], value: string] | undefined;
  readonly item: YamlNode;
}

// The merge keys of the Kubernetes API. https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
const keys: readonly (readonly string[])[] = [
  ["name"],
  ["mountPath"],
  ["containerPort"],
  ["port"],
  ["metadata", "name"],
  ["topologyKey"],
  ["key"],
];

/** The steps from a node to what lies at the path; undefined when nothing does. */
export function stepsTo(root: YamlNode, path: readonly PathSegment[]): readonly Step[] | undefined {
  const steps: Step[] = [];
  let node = root;
  for (const segment of path) {
    const next = node.at(segment);
    if (next === undefined) return undefined;
    steps.push(typeof segment === "string" ? segment : { index: segment, key: keyOf(node, next), item: next });
    node = next;
  }
  return steps;
}

function keyOf(list: YamlNode, item: YamlNode): ListStep["key"] {
  for (const path of keys) {
    const value = item.text(...path);
    if (value !== undefined && list.items().filter((each) => each.text(...path) === value).length === 1)
      return [path, value];
  }
  return undefined;
}

/** The node that the same steps reach from another root; undefined when one of them leads nowhere. */
export function follow(root: YamlNode, steps: readonly Step[]): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const step of steps) {
    if (node === undefined) return undefined;
    node = typeof step === "string" ? node.at(step) : itemOf(node, step);
  }
  return node;
}

function itemOf(list: YamlNode, { index, key, item }: ListStep): YamlNode | undefined {
  const items = list.items();
  if (key !== undefined) {
    const [path, value] = key;
    return items.find((each) => each.text(...path) === value);
  }
  const here = items[index];
  return here !== undefined && isSameValue(here, item)
    ? here
    : (items.find((each) => isSameValue(each, item)) ?? (item.kind === "scalar" ? undefined : here));
}

/** Whether two nodes hold the same value; a block scalar's last line break does not count. */
export function isSameValue(a: YamlNode, b: YamlNode): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "scalar") return a.value === b.value || (a.text() ?? "").trimEnd() === (b.text() ?? "").trimEnd();
  return JSON.stringify(a.value) === JSON.stringify(b.value);
}
