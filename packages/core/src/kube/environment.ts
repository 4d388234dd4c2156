import { type Fact, known, knownText, opaque, unknown } from "../yaml/fact.ts";
import type { YamlNode } from "../yaml/node.ts";
import { type Setting, type Settings, settingsOf } from "../yaml/settings.ts";
import { entryKeys, type FindObject, isFilledElsewhere, readEntry } from "./mounted-files.ts";
import { filledInLater, hasPlaceholder } from "./placeholder.ts";

/**
 * A container's environment as the kubelet makes it: envFrom first, env over it, `$(VAR)` expanded from what stands before.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function readEnvironment(container: YamlNode, find: FindObject, room: ExpansionRoom): Settings {
  const written: Setting[] = [];
  const values = new Map<string, Fact<string>>();
  let isComplete = true;
  const add = (setting: Setting): void => {
    written.push(setting);
    values.set(setting.name, setting.value);
  };
  for (const source of container.at("envFrom")?.items() ?? []) {
    const prefix = source.text("prefix") ?? "";
    const reference = source.at("configMapRef") ?? source.at("secretRef");
    const name = reference?.string("name");
    const object =
      name === undefined ? undefined : find(source.at("configMapRef") === undefined ? "Secret" : "ConfigMap", name);
    if (object === undefined || isFilledElsewhere(object)) isComplete = false;
    if (object === undefined) continue;
    for (const key of entryKeys(object)) {
      const entry = readEntry(object, key);
      if (entry !== undefined)
        add({
          name: prefix + key,
          value: guarded(entry.content),
          nameAt: entry.node,
          readAt: reference?.nearest("name") ?? source,
          heldBy: object.kind === "Secret" ? "Secret" : "ConfigMap",
        });
    }
  }
  for (const item of container.at("env")?.items() ?? []) {
    const nameNode = item.at("name");
    const name = nameNode?.text();
    if (name === undefined || nameNode === undefined) continue;
    if (hasPlaceholder(name)) isComplete = false;
    const reference = item.at("valueFrom");
    const value = valueOfItem(item, values, find, room);
    const heldBy = holderOf(reference, value);
    add({
      name,
      value,
      nameAt: nameNode,
      ...(reference === undefined ? {} : { readAt: reference }),
      ...(heldBy === undefined ? {} : { heldBy }),
    });
  }
  return settingsOf(written, { isComplete });
}

/** The kind of the object in view that a reference was answered from. */
function holderOf(reference: YamlNode | undefined, value: Fact<string>): Setting["heldBy"] {
  for (const [field, kind] of [
    ["configMapKeyRef", "ConfigMap"],
    ["secretKeyRef", "Secret"],
  ] as const) {
    const node = reference?.at(field);
    if (node !== undefined) return value.at === node ? undefined : kind;
  }
  return undefined;
}

function valueOfItem(
  item: YamlNode,
  values: ReadonlyMap<string, Fact<string>>,
  find: FindObject,
  room: ExpansionRoom,
): Fact<string> {
  const literal = item.at("value");
  if (literal !== undefined) {
    const text = literal.text();
    if (text === undefined) return literal.kind === "scalar" ? known("", literal) : unknown(literal, "it is not text");
    return expandVariables(guarded(known(text, literal)), values, room);
  }
  for (const [field, kind] of [
    ["configMapKeyRef", "ConfigMap"],
    ["secretKeyRef", "Secret"],
  ] as const) {
    const reference = item.at("valueFrom", field);
    if (reference === undefined) continue;
    const object = find(kind, reference.string("name") ?? "");
    const entry = object === undefined ? undefined : readEntry(object, reference.string("key") ?? "");
    return entry === undefined
      ? unknown(reference, `${kind} ${reference.string("name") ?? ""} is not in view`)
      : guarded(entry.content);
  }
  const other = item.at("valueFrom");
  return other === undefined ? known("", item) : unknown(other, "it is known when the Pod runs");
}

function guarded(fact: Fact<string>): Fact<string> {
  return fact.value !== undefined && hasPlaceholder(fact.value) ? filledInLater(fact.value, fact.at) : fact;
}

/** How much longer a container's variables and arguments may get by expansion: ten lines can ask for gigabytes. */
export class ExpansionRoom {
  #left = 16 * 1024;

  /** False when it is used up. */
  take(characters: number): boolean {
    this.#left -= Math.max(0, characters);
    return this.#left >= 0;
  }
}

/**
 * Expands `$(NAME)`, to an opaque part where its value is not in view; a name that is not set stays as written, as the kubelet leaves it; `$$` is one `$`.
 * https://github.com/kubernetes/kubernetes/blob/v1.33.0/third_party/forked/golang/expansion/expand.go
 */
export function expandVariables(
  fact: Fact<string>,
  values: ReadonlyMap<string, Fact<string>>,
  room = new ExpansionRoom(),
): Fact<string> {
  const { at } = fact;
  const text = knownText(fact);
  if (text === undefined || !/\$[$(]/.test(text)) return fact;
  let because = "because" in fact ? fact.because : undefined;
  let expanded = "";
  let read = 0;
  const lastClosing = text.lastIndexOf(")");
  for (let dollar = text.indexOf("$"); dollar >= 0; dollar = text.indexOf("$", read)) {
    expanded += text.slice(read, dollar);
    read = dollar + 1;
    if (text[read] === "$") read++;
    if (text[dollar + 1] !== "(" || dollar > lastClosing) {
      expanded += "$";
      continue;
    }
    read = text.indexOf(")", dollar) + 1;
    const reference = text.slice(dollar, read);
    const value = values.get(reference.slice(2, -1));
    if (value !== undefined && value.value === undefined) because = value.because;
    const replacement = value === undefined ? reference : (knownText(value) ?? opaque.repeat(reference.length));
    if (!room.take(replacement.length - reference.length)) return unknown(at, "its variables expand to too much text");
    expanded += replacement;
  }
  const all = expanded + text.slice(read);
  return because === undefined ? known(all, at) : unknown(at, because, all);
}
