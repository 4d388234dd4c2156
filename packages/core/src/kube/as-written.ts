import { groupOf } from "../facts/kinds.ts";
import type { LiveObject } from "./live-text.ts";
import { parseQuantity } from "./quantity.ts";

type Data = { readonly [key: string]: unknown };

/** Where `kubectl apply` keeps what it applied last. */
export const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * An object of a cluster as its manifest would be if it wrote what the manifest writes: fields that only the server, an operator or
 * somebody else filled in are left out, and so are other spellings of the same value. What the applier of the manifest wrote before, and
 * the manifest no longer does, is kept: applying it takes that out. undefined: the server gives it in another version, with other fields.
 */
export function asWritten(live: LiveObject, written: Data): Data | undefined {
  const isBuiltIn = builtInGroups.has(groupOf(live.apiVersion));
  const applied = withoutBookkeeping(appliedBefore(live));
  const { status: _status, ...manifest } = written;
  const isOfVersion = (each: unknown): each is Data => isMap(each) && each.apiVersion === written.apiVersion;
  // Versions of a custom resource differ in little; those of the server's kinds may have nothing in common.
  const old = !isBuiltIn || isOfVersion(live) ? live : isOfVersion(applied) ? applied : undefined;
  return old === undefined
    ? undefined
    : {
        ...mapAsWritten(old, manifest, applied, { isBuiltIn, path: [] }),
        apiVersion: written.apiVersion,
        kind: written.kind,
      };
}

/** Groups of the API server itself: it knows their lists and drops what is nothing. Custom resources are kept as they were written. */
const builtInGroups: ReadonlySet<string> = new Set([
  "",
  "apps",
  "batch",
  "policy",
  "autoscaling",
  "extensions",
  "networking.k8s.io",
  "storage.k8s.io",
  "discovery.k8s.io",
  "scheduling.k8s.io",
]);

interface Where {
  readonly isBuiltIn: boolean;
  readonly path: readonly string[];
}

function below({ isBuiltIn, path }: Where, key: string): Where {
  return { isBuiltIn, path: [...path, key] };
}

function mapAsWritten(live: Data, written: Data, applied: unknown, where: Where): Data {
  const before = isMap(applied) ? applied : {};
  const kept: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(written), ...Object.keys(before)])) {
    const value = valueAsWritten(live[key], written[key], before[key], below(where, key));
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}

/** @param written undefined: the manifest no longer writes it, and its applier did */
function valueAsWritten(live: unknown, written: unknown, applied: unknown, where: Where): unknown {
  if (written === asWhole) return live;
  if (applied === asWhole) return written === undefined ? live : valueAsWritten(live, written, undefined, where);
  const template = written === undefined ? applied : written;
  if (live === undefined || live === null)
    return written !== undefined && isNothing(written, where) ? written : undefined;
  if (isMap(live) && isMap(template)) return mapAsWritten(live, template, applied, where);
  if (Array.isArray(live) && Array.isArray(template))
    return listAsWritten(live, template, Array.isArray(applied) ? applied : [], where);
  return isSame(live, template, where) ? template : live;
}

/** What the server does not store: nothing, and of its own kinds what is empty or off. */
function isNothing(value: unknown, { isBuiltIn }: Where): boolean {
  if (value === null) return true;
  if (isMap(value)) return Object.values(value).every((each) => isNothing(each, { isBuiltIn, path: [] }));
  if (Array.isArray(value)) return value.length === 0;
  return isBuiltIn && (value === "" || value === false || value === 0);
}

/** Maps of quantities by their names, and fields that hold one. The server writes `1Gi` for `1024Mi`. */
const quantityMaps = /^(?:requests|limits|capacity|hard|min|max|default|defaultRequest|maxLimitRequestRatio|overhead)$/;
const quantityFields = /^(?:sizeLimit|divisor|storage|averageValue|value)$/;

function isSame(live: unknown, written: unknown, { path }: Where): boolean {
  if (live === written) return true;
  const isQuantity =
    quantityMaps.test(path.at(-2) ?? "") || (quantityFields.test(path.at(-1) ?? "") && !isVariable(path));
  if (!isQuantity || !isScalar(live) || !isScalar(written)) return false;
  const [one, other] = [parseQuantity(String(live)), parseQuantity(String(written))];
  return one !== undefined && one === other;
}

/** `1.0` and `1` are two values of a variable. */
function isVariable(path: readonly string[]): boolean {
  return path.at(-1) === "value" && path.at(-3) === "env";
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

/** Items of the server's lists by what tells them apart. https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
const listKeys: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [["name"]],
  initContainers: [["name"]],
  ephemeralContainers: [["name"]],
  env: [["name"]],
  volumes: [["name"]],
  imagePullSecrets: [["name"]],
  resourceClaims: [["name"]],
  volumeMounts: [["mountPath"]],
  volumeDevices: [["devicePath"]],
  hostAliases: [["ip"]],
  topologySpreadConstraints: [["topologyKey"], ["whenUnsatisfiable"]],
  volumeClaimTemplates: [["metadata", "name"]],
};

function keyOf(item: unknown, { path, isBuiltIn }: Where): string | undefined {
  const name = path.at(-1) ?? "";
  if (!isBuiltIn || !isMap(item)) return undefined;
  if (name === "ports") return `${item.containerPort ?? item.port} ${item.protocol ?? "TCP"}`;
  const key = listKeys[name]?.map((steps) => textAt(item, steps));
  return key?.every((part) => part !== "") === true ? key.join(" ") : undefined;
}

function textAt(item: Data, steps: readonly string[]): string {
  let value: unknown = item;
  for (const step of steps) value = isMap(value) ? value[step] : undefined;
  return typeof value === "string" ? value : "";
}

function listAsWritten(
  live: readonly unknown[],
  written: readonly unknown[],
  applied: readonly unknown[],
  where: Where,
): readonly unknown[] {
  const inItem = below(where, "[]");
  const isKeyed = [...live, ...written].every((item) => keyOf(item, where) !== undefined);
  if (isKeyed && live.length + written.length > 0) {
    const by = (items: readonly unknown[]): ReadonlyMap<string | undefined, unknown> =>
      new Map(items.map((item) => [keyOf(item, where), item]));
    const [young, old] = [by(written), by(applied)];
    return live.flatMap((item) => {
      const key = keyOf(item, where);
      const [now, before] = [young.get(key), old.get(key)];
      // Somebody else put it there.
      return now === undefined && before === undefined ? [] : [valueAsWritten(item, now, before, inItem)];
    });
  }
  // Any other list is replaced as a whole by whoever applies it.
  return live.map((item, index) =>
    index < written.length ? (valueAsWritten(item, written[index], undefined, inItem) ?? item) : item,
  );
}

/** What the applier of the object's manifest wrote; undefined: nobody knows who that is. */
function appliedBefore({ metadata, ...rest }: LiveObject): unknown {
  const noted = isMap(metadata.annotations) ? metadata.annotations[lastApplied] : undefined;
  if (typeof noted === "string") {
    try {
      return JSON.parse(noted);
    } catch {
      return undefined;
    }
  }
  const fields = fieldsOfApplier(metadata.managedFields);
  return fields === undefined ? undefined : ownedPart({ metadata, ...rest }, fields);
}

/**
 * The fields that server-side apply manages for one manager. Two that apply parts of one object are two sources: which of them the manifest
 * is for, nobody can say. https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
function fieldsOfApplier(entries: unknown): Data | undefined {
  if (!Array.isArray(entries)) return undefined;
  const appliers = entries.filter(
    (each): each is Data => isMap(each) && each.operation === "Apply" && (each.subresource ?? "") === "",
  );
  const [only, ...more] = appliers;
  return more.length === 0 && isMap(only?.fieldsV1) ? only.fieldsV1 : undefined;
}

/** A value that is managed as one: which fields of it were written, and which the server filled in, is not told. */
const asWhole = Symbol("managed as one");

/** The part of a value that the keys of a `fieldsV1` name: `f:` a field, `k:` an item by its key, `v:` an item by its value. */
function ownedPart(live: unknown, fields: Data): unknown {
  const keys = Object.keys(fields).filter((key) => key !== ".");
  // `.` alone is the map or list itself, and none of what is in it.
  const isInner = isMap(live) || Array.isArray(live);
  if (keys.length === 0) return !isInner ? live : "." in fields ? (isMap(live) ? {} : []) : asWhole;
  const inside = (key: string): Data => (isMap(fields[key]) ? (fields[key] as Data) : {});
  if (isMap(live))
    return Object.fromEntries(
      keys.flatMap((key) => {
        const name = key.slice(2);
        return key.startsWith("f:") && live[name] !== undefined ? [[name, ownedPart(live[name], inside(key))]] : [];
      }),
    );
  if (!Array.isArray(live)) return live;
  return keys.flatMap((key) => {
    const told = parsed(key.slice(2));
    const item = key.startsWith("k:")
      ? live.find(
          (each) => isMap(each) && isMap(told) && Object.entries(told).every(([name, value]) => each[name] === value),
        )
      : key.startsWith("v:")
        ? live.find((each) => each === told)
        : undefined;
    return item === undefined ? [] : [ownedPart(item, inside(key))];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What tools note on an object is nobody's wish: `apply` writes its own note again. */
function withoutBookkeeping(applied: unknown): unknown {
  if (!isMap(applied) || !isMap(applied.metadata)) return applied;
  const { annotations, creationTimestamp: _created, namespace: _namespace, ...metadata } = applied.metadata;
  const { [lastApplied]: _note, ...others } = isMap(annotations) ? annotations : {};
  const { status: _status, ...rest } = applied;
  return { ...rest, metadata: Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others } };
}

function isMap(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
