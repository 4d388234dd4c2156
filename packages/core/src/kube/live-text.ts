import { SourceFile } from "../text/source-file.ts";
import type { PathSegment } from "../yaml/node.ts";
import { lastApplied } from "./as-written.ts";

/** An object as the API server gives it: JSON data. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * An object as an API server or a file gives it; undefined: it is none, or has a name that no API server lets in, which would be read as
 * something else where it is written. Labels and annotations that are none (null, a number) are left out, as kubectl leaves them.
 */
export function soundObject(value: unknown): LiveObject | undefined {
  if (!isMap(value) || !isMap(value.metadata)) return undefined;
  const { apiVersion, kind, metadata } = value;
  const { name, namespace } = metadata;
  if (typeof kind !== "string" || typeof apiVersion !== "string" || !isName(name) || name === "") return undefined;
  if (namespace !== undefined && namespace !== null && !isName(namespace)) return undefined;
  const isSound = namespace !== null && isTexts(metadata.labels) && isTexts(metadata.annotations);
  if (isSound) return value as unknown as LiveObject;
  const { labels, annotations, namespace: _given, ...others } = metadata;
  return {
    ...value,
    metadata: {
      ...others,
      ...(namespace === null || namespace === undefined ? {} : { namespace }),
      ...textsOf({ labels, annotations }),
    },
  } as unknown as LiveObject;
}

function isName(text: unknown): text is string {
  return typeof text === "string" && /^[\w.:-]*$/.test(text);
}

function isTexts(value: unknown): boolean {
  return value === undefined || (isMap(value) && Object.values(value).every((each) => typeof each === "string"));
}

function textsOf(fields: Data): Data {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      isMap(value)
        ? [[name, Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === "string"))]]
        : [],
    ),
  );
}

/** An indent that no text is read back with: the reader knows 500 levels. */
const deepestIndent = 2 * 480;

/**
 * An object of a cluster as a text, which is read as any other manifest. What only the API server keeps for itself is left out: whose
 * fields are whose, versions of the object, and the copy that `kubectl apply` leaves in an annotation.
 * @throws RangeError where it is nested too deeply for any text
 */
export function liveFile(object: LiveObject): SourceFile {
  return new SourceFile(uriOf(object), manifestText({ ...object, metadata: metadataOf(object.metadata) }), "cluster");
}

/** An object as YAML, as kubectl prints it. */
export function manifestText(object: Readonly<Record<string, unknown>>): string {
  const text: string[] = [];
  writeMap(object, "", text);
  return text.join("");
}

/** The same as a manifest that somebody might have written: nothing in it counts as the cluster's. */
export function writtenFile(object: LiveObject, manifest: Readonly<Record<string, unknown>>): SourceFile {
  return new SourceFile(uriOf(object), manifestText(manifest));
}

/** What of an object somebody may have written, defaults of the server among it. */
export function withoutStatus({ status: _status, ...object }: LiveObject): Readonly<Record<string, unknown>> {
  return { ...object, metadata: metadataOf(object.metadata) };
}

function metadataOf(metadata: LiveObject["metadata"]): object {
  const { managedFields: _fields, resourceVersion: _version, selfLink: _link, annotations, ...kept } = metadata;
  const { [lastApplied]: _applied, ...others } = (annotations ?? {}) as Readonly<Record<string, unknown>>;
  return Object.keys(others).length === 0 ? kept : { ...kept, annotations: others };
}

/** No name of an object makes it look like a kustomization, a chart or SQL: its kind comes last, and nothing there has such an ending. */
function uriOf({ apiVersion, kind, metadata }: LiveObject): string {
  const slash = apiVersion.indexOf("/");
  return `cluster:/${metadata.namespace ?? ""}/${metadata.name}/${kind}.${slash < 0 ? "" : apiVersion.slice(0, slash)}`;
}

/** `StatefulSet shop/db`, the name of an object by its uri; undefined for a file. */
export function liveNameOf(uri: string): string | undefined {
  const parts = /^cluster:\/([^/]*)\/([^/]*)\/([^/.]*)\./.exec(uri);
  if (parts === null) return undefined;
  const [, namespace = "", name = "", kind = ""] = parts;
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

/** `.spec.template.spec.containers[0].image`, as kubectl's JSONPath has it; keys with dots in brackets. */
export function fieldOf(yamlPath: readonly PathSegment[]): string {
  return yamlPath
    .map((segment) =>
      typeof segment === "number"
        ? `[${segment}]`
        : /^[A-Za-z_][\w-]*$/.test(segment)
          ? `.${segment}`
          : `['${segment.replaceAll("'", "\\'")}']`,
    )
    .join("");
}

type Data = { readonly [key: string]: unknown };

function isMap(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The order in which kubectl prints fields, whoever sent them; a name comes first, as people write it. */
function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  if (a === "name" || b === "name") return a === "name" ? -1 : 1;
  return a < b ? -1 : 1;
}

/** As kubectl prints an object: lists at the indent of their key. */
function writeMap(map: Data, indent: string, text: string[], first = indent): void {
  if (indent.length > deepestIndent) throw new RangeError("nested too deeply");
  let lead = first;
  for (const [key, value] of Object.entries(map).sort(byKey)) {
    if (value === undefined) continue;
    text.push(lead, plainKey.test(key) && !isTyped(key) ? key : quoted(key), ":");
    lead = indent;
    writeValue(value, indent, text);
  }
}

function writeValue(value: unknown, indent: string, text: string[]): void {
  if (Array.isArray(value)) {
    text.push(value.length === 0 ? " []\n" : "\n");
    for (const item of value) writeItem(item, indent, text);
  } else if (isMap(value)) {
    if (Object.keys(value).length === 0) text.push(" {}\n");
    else {
      text.push("\n");
      writeMap(value, `${indent}  `, text);
    }
  } else text.push(" ", scalar(value, `${indent}  `), "\n");
}

function writeItem(item: unknown, indent: string, text: string[]): void {
  if (isMap(item) && Object.keys(item).length > 0) writeMap(item, `${indent}  `, text, `${indent}- `);
  else if (typeof item === "object" && item !== null) text.push(indent, "- ", JSON.stringify(item), "\n");
  else text.push(indent, "- ", scalar(item, `${indent}  `), "\n");
}

const plainKey = /^[A-Za-z_][\w./-]*$/;
const amount = /^\d+(?:[KMGTPE]i|[kMGTPm])$/;
const plainText = /^(?:--?)?[A-Za-z_/](?:[\w./@+=,$(){}%*-]|:(?=\S)| (?=[^#\s]))*$/;

/** What YAML 1.1 reads as something else than a string. */
function isTyped(text: string): boolean {
  return /^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
}

function scalar(value: unknown, indent: string): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "null";
  if ((plainText.test(value) && !isTyped(value)) || amount.test(value)) return value;
  return block(value, indent) ?? quoted(value);
}

/** A text of several lines as people write it, where nothing in it needs an escape. */
function block(value: string, indent: string): string | undefined {
  if (!value.includes("\n") || /^\s/.test(value)) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/.test(value)) return undefined;
  const ending = value.endsWith("\n\n") ? "+" : value.endsWith("\n") ? "" : "-";
  const body = value.endsWith("\n") ? value.slice(0, -1) : value;
  const lines = body.split("\n").map((line) => (line === "" ? "" : indent + line));
  return `|${ending}\n${lines.join("\n")}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
