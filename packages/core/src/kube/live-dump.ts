import { groupOf, isReadKind } from "../facts/kinds.ts";
import { SourceFile } from "../text/source-file.ts";
import type { UnreadReason } from "../yaml/document.ts";
import { parseDocuments } from "../yaml/parse.ts";
import { endOfJson, jsonItems, regionEnd } from "./dump-json.ts";
import { type Stretch, yamlList } from "./dump-yaml.ts";
import { type LiveObject, soundObject } from "./live-text.ts";

/** What a file that was taken from a cluster holds. */
export interface Dump {
  readonly objects: readonly LiveObject[];
  /** Kinds whose lists are empty: there were none. */
  readonly emptyKinds: readonly string[];
  /** Parts that could not be read: where and why, for each, without a word of the file. */
  readonly problems: readonly string[];
}

/** Lists in lists in lists: no program writes so many. */
const deepestList = 20;

/**
 * Objects and lists as `kubectl get -o yaml|json`, `kubectl cluster-info dump` and must-gather write them, in any order and one after the
 * other; Secrets are passed over. What can be read is, whatever is broken before, after or around it.
 */
export function readDump(given: string): Dump {
  const reader = new DumpReader(given.includes("\r\n") ? given.replaceAll("\r\n", "\n") : given);
  reader.read();
  return reader;
}

type Data = { readonly [key: string]: unknown };

class DumpReader implements Dump {
  readonly objects: LiveObject[] = [];
  readonly emptyKinds: string[] = [];
  readonly problems: string[] = [];
  readonly #text: string;
  readonly #file: SourceFile;
  /** Characters that may still be looked at in vain: a text of nothing but beginnings is not read to its end for each. */
  #patience: number;

  constructor(text: string) {
    this.#text = text;
    this.#file = new SourceFile("", text);
    this.#patience = 8 * text.length + 1000;
  }

  /** Cuts the text into JSON values, YAML documents and logs. */
  read(): void {
    const text = this.#text;
    let yamlStart = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    let hasYaml = false;
    let hasVersion = false;
    for (let at = yamlStart; at < text.length; ) {
      const newline = text.indexOf("\n", at);
      const next = newline < 0 ? text.length : newline + 1;
      let first = at;
      while (first < next && /\s/.test(text[first] ?? "")) first++;
      const mark = first < next ? text[first] : undefined;
      const isMark = text.startsWith("---", at) || text.startsWith("==== START", at);
      // Where kubectl appended to a file there is no `---`: JSON begins at the margin, and so does the next apiVersion.
      const isJson = (mark === "{" || mark === "[") && (!hasYaml || first === at);
      const isAgain = text.startsWith("apiVersion:", at);
      if (isMark || isJson || (isAgain && hasVersion)) {
        if (hasYaml) this.#readYaml(yamlStart, at);
        hasYaml = isAgain;
        hasVersion = isAgain;
        yamlStart = at;
        if (isAgain) at = next;
        else
          yamlStart = at = isJson ? this.#readJson(first) : text.startsWith("---", at) ? next : this.#endOfLogs(next);
      } else {
        if (mark !== undefined && mark !== "#") hasYaml = true;
        hasVersion ||= isAgain;
        at = next;
      }
    }
    if (hasYaml) this.#readYaml(yamlStart, text.length);
  }

  /** `kubectl cluster-info dump` prints what containers printed between the lists. */
  #endOfLogs(start: number): number {
    const end = this.#text.indexOf("\n==== END", start - 1);
    if (end < 0) return this.#text.length;
    const newline = this.#text.indexOf("\n", end + 1);
    return newline < 0 ? this.#text.length : newline + 1;
  }

  /** Reads the JSON value that begins here, and gives where it ends. */
  #readJson(start: number): number {
    const text = this.#text;
    const end = this.#patience > 0 ? endOfJson(text, start, text.length) : undefined;
    if (end !== undefined) {
      try {
        this.#add(JSON.parse(text.slice(start, end)), undefined);
        return end;
      } catch {
        // Its parts are read, as far as they can be.
      }
    }
    const limit = regionEnd(text, start);
    this.#patience -= (end ?? text.length) - start;
    this.#readBroken(start, limit);
    return limit;
  }

  /** A JSON value that is none, perhaps a list of which some items can be read. */
  #readBroken(start: number, limit: number): void {
    const text = this.#text;
    const before = this.objects.length;
    const { type, items, brokenAt } = jsonItems(text, start, limit);
    for (const item of items) this.#add(item, type);
    const number = this.objects.length - before;
    this.problems.push(
      `it is not JSON from line ${this.#line(brokenAt ?? start)} on; ${number === 0 ? "nothing" : number === 1 ? "one object" : `${number} objects`} of what begins at line ${this.#line(start)} ${number > 1 ? "were" : "was"} read`,
    );
  }

  #readYaml(start: number, end: number): void {
    const list = yamlList(this.#text, start, end);
    if (list === undefined) {
      this.#readDocument({ start, text: this.#text.slice(start, end) }, undefined);
      return;
    }
    if (list.items.length === 0) this.#add({ kind: list.kind, items: [] }, undefined);
    const type = typeOf(list.kind, list.apiVersion);
    for (const item of list.items) this.#readDocument(item, type);
    if (list.cutAt !== undefined)
      this.problems.push(
        `the list ends at line ${this.#line(end)} without its kind: it was cut off, and its last item (line ${this.#line(list.cutAt)}) was not read`,
      );
  }

  /** A document, or an item of a list as one: a whole cluster is too large to be read at once. */
  #readDocument({ start, text }: Stretch, type: Data | undefined): void {
    for (const { root, errors, reason } of parseDocuments(new SourceFile("", text), { skipPrefilter: true })) {
      if (root !== undefined) this.#add(root.value, type);
      else if (reason !== undefined && errors[0] !== undefined) {
        const line = this.#line(start) + new SourceFile("", text).positionAt(errors[0].span.start).line;
        this.problems.push(`line ${line}: ${whyUnread[reason] ?? "this was not read"}`);
      }
    }
  }

  #line(offset: number): number {
    return this.#file.positionAt(offset).line + 1;
  }

  #add(value: unknown, of: Data | undefined, depth = 0): void {
    if (typeof value !== "object" || value === null) return;
    if (depth > deepestList) {
      this.problems.push(`lists are nested more than ${deepestList} deep: what is in them was not read`);
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value) this.#add(item, of, depth + 1);
      return;
    }
    const data = value as Data;
    const kind = listKindOf(data.kind);
    if (kind !== undefined && (Array.isArray(data.items) || data.items === null || data.items === undefined)) {
      const items = (data.items ?? []) as readonly unknown[];
      if (items.length === 0 && kind !== "") this.emptyKinds.push(kind);
      const type = typeOf(String(data.kind), data.apiVersion);
      for (const item of items) this.#add(item, type, depth + 1);
      return;
    }
    const object = soundObject({ ...of, ...data });
    if (object !== undefined && object.kind !== "Secret" && isKnown(object)) this.objects.push(object);
  }
}

const whyUnread: Partial<Readonly<Record<UnreadReason, string>>> = {
  "not-yaml": "this is not YAML",
  "too-large": "this document is too large to be read at once",
  template: "this is a template",
  encrypted: "this is encrypted",
};

/** What a list holds: `Pod` of `PodList`, nothing of `List`; undefined: it is no list. */
function listKindOf(kind: unknown): string | undefined {
  return typeof kind === "string" && kind.endsWith("List") ? kind.slice(0, -"List".length) : undefined;
}

/** Items of a typed list do not say what they are. */
function typeOf(kind: string, apiVersion: unknown): Data | undefined {
  const each = listKindOf(kind) ?? "";
  return each === "" ? undefined : { kind: each, apiVersion };
}

function isKnown({ kind, apiVersion }: LiveObject): boolean {
  return isReadKind(kind) && groupOf(apiVersion) !== "kustomize.config.k8s.io";
}
