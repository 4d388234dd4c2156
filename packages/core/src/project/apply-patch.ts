import { own } from "../text/own.ts";
import { madeMap, madeSequence } from "../yaml/made-node.ts";
import type { YamlNode } from "../yaml/node.ts";

/** What a patch makes of an object: another tree over the same files, nothing, or something that is not known here. */
export type Patched = YamlNode | "deleted" | "unknown";

/** A directive or path that kustomize would read and this does not. */
class NotApplied extends Error {}

function known(apply: () => YamlNode | undefined): Patched {
  try {
    return apply() ?? "deleted";
  } catch (error) {
    if (error instanceof NotApplied) return "unknown";
    throw error;
  }
}

/**
 * Lists of the Kubernetes API that are merged by a field of their items, by the field or list that holds them; all others are
 * replaced. https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
const mergeKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  spec: {
    containers: "name",
    initContainers: "name",
    ephemeralContainers: "name",
    volumes: "name",
    imagePullSecrets: "name",
    hostAliases: "ip",
    topologySpreadConstraints: "topologyKey",
    ports: "port",
  },
  containers: { env: "name", ports: "containerPort", volumeMounts: "mountPath", volumeDevices: "devicePath" },
  initContainers: { env: "name", ports: "containerPort", volumeMounts: "mountPath", volumeDevices: "devicePath" },
  metadata: { ownerReferences: "uid" },
};

/** Custom resources have no merge keys: kustomize replaces their lists. */
function hasMergeKeys(object: YamlNode): boolean {
  const group = (object.string("apiVersion") ?? "").split("/").slice(0, -1).join("/");
  return !group.includes(".") || group.endsWith(".k8s.io");
}

/**
 * A strategic merge as kustomize does it: maps are merged, null deletes, items of lists are found by their merge key and come
 * first.
 */
export function mergePatch(object: YamlNode, patch: YamlNode): Patched {
  const keys = hasMergeKeys(object) ? mergeKeys : {};

  const mergeMaps = (base: YamlNode, over: YamlNode, name: string): YamlNode | undefined => {
    const directive = over.string("$patch");
    if (directive === "delete") return undefined;
    const children = new Map(directive === "replace" ? [] : base.entries());
    for (const [key, value] of over.entries()) {
      if (key === "$patch") continue;
      if (key.startsWith("$")) throw new NotApplied();
      const merged = merge(children.get(key), value, key, name);
      if (merged === undefined) children.delete(key);
      else children.set(key, merged);
    }
    return madeMap(base, children);
  };

  const mergeLists = (base: YamlNode, over: YamlNode, name: string, mergeKey: string): YamlNode => {
    const directives = over.items().map((item) => item.string("$patch"));
    const isReplaced = directives.includes("replace");
    const rest = isReplaced ? [] : [...base.items()];
    const named: (YamlNode | undefined)[] = [];
    // A port is known by its protocol too; where only some say theirs, kustomize loses items.
    const protocols = [...rest, ...over.items()].filter((item) => item.at("protocol") !== undefined).length;
    if (protocols > 0 && protocols < rest.length + over.items().length) throw new NotApplied();
    for (const [index, item] of over.items().entries()) {
      if (directives[index] === "replace") continue;
      const key = item.text(mergeKey);
      if (key === undefined) throw new NotApplied();
      const at = rest.findIndex(
        (each) => each.text(mergeKey) === key && each.text("protocol") === item.text("protocol"),
      );
      const [own] = at < 0 ? [] : rest.splice(at, 1);
      if (own !== undefined) named.push(mergeMaps(own, item, name));
      else if (directives[index] !== "delete") named.push(cleaned(item, name));
    }
    return madeSequence(base, [...named.filter((item) => item !== undefined), ...rest]);
  };

  const merge = (base: YamlNode | undefined, over: YamlNode, key: string, holder: string): YamlNode | undefined => {
    if (over.kind === "scalar") {
      if (over.value === null) return undefined;
      return base?.kind === "scalar" && base.value === over.value ? base : over;
    }
    if (over.kind === "map") return base?.kind === "map" ? mergeMaps(base, over, key) : cleaned(over, key);
    const mergeKey = own(own(keys, holder), key);
    if (mergeKey === undefined) return over;
    return mergeLists(base?.kind === "sequence" ? base : madeSequence(over, []), over, key, mergeKey);
  };

  /** What a patch adds, without its directives and nulls. */
  const cleaned = (node: YamlNode, name: string): YamlNode => {
    const isPlain = (each: YamlNode): boolean =>
      each.kind === "scalar"
        ? each.value !== null
        : each.items().every(isPlain) && each.entries().every(([key, value]) => !key.startsWith("$") && isPlain(value));
    if (isPlain(node)) return node;
    return mergeMaps(madeMap(node, new Map()), node, name) ?? madeMap(node, new Map());
  };

  return known(() => mergeMaps(object, patch, ""));
}

/** A JSON patch (RFC 6902). */
export function applyOperations(object: YamlNode, operations: YamlNode): Patched {
  return known(() => operations.items().reduce(applyOperation, object));
}

function applyOperation(object: YamlNode, operation: YamlNode): YamlNode {
  const path = pointerOf(operation, "path");
  const value = operation.at("value");
  const from = (): YamlNode => {
    const node = object.at(...stepsOn(object, pointerOf(operation, "from")));
    if (node === undefined) throw new NotApplied();
    return node;
  };
  switch (operation.string("op")) {
    case "add":
    case "replace":
      if (value === undefined) throw new NotApplied();
      return write(object, path, value, operation.string("op") === "add");
    case "remove":
      return write(object, path, undefined, false);
    case "copy":
      return write(object, path, from(), true);
    case "move":
      return write(write(object, pointerOf(operation, "from"), undefined, false), path, from(), true);
    case "test":
      return object; // where it fails, kustomize fails
    default:
      throw new NotApplied();
  }
}

function pointerOf(operation: YamlNode, field: "path" | "from"): readonly string[] {
  const text = operation.text(field);
  if (text === undefined || !text.startsWith("/")) throw new NotApplied();
  return text
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The pointer with numbers where it goes through lists. */
function stepsOn(object: YamlNode, pointer: readonly string[]): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  let node: YamlNode | undefined = object;
  for (const part of pointer) {
    const step: string | number = node?.kind === "sequence" ? indexOf(part) : part;
    steps.push(step);
    node = node?.at(step);
  }
  return steps;
}

function indexOf(part: string): number {
  if (!/^\d{1,9}$/.test(part)) throw new NotApplied();
  return Number(part);
}

/** The tree with another value at the pointer; undefined removes it. */
function write(node: YamlNode, pointer: readonly string[], value: YamlNode | undefined, isAdded: boolean): YamlNode {
  const [part = "", ...rest] = pointer;
  if (node.kind === "map") {
    const children = new Map(node.entries());
    const own = children.get(part);
    if (rest.length > 0) {
      if (own === undefined) throw new NotApplied();
      children.set(part, write(own, rest, value, isAdded));
    } else if (value !== undefined) children.set(part, value);
    else if (!children.delete(part)) throw new NotApplied();
    return madeMap(node, children);
  }
  if (node.kind !== "sequence") throw new NotApplied();
  const items = [...node.items()];
  const index = part === "-" && isAdded && rest.length === 0 ? items.length : indexOf(part);
  const own = items[index];
  if (rest.length > 0) {
    if (own === undefined) throw new NotApplied();
    items[index] = write(own, rest, value, isAdded);
  } else if (index > items.length || (own === undefined && !isAdded)) throw new NotApplied();
  else items.splice(index, isAdded ? 0 : 1, ...(value === undefined ? [] : [value]));
  return madeSequence(node, items);
}
