import type { Location, RelatedLocation } from "../rule/finding.ts";
import { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { Place, YamlNode } from "../yaml/node.ts";
import { parseDocuments, parseSingle } from "../yaml/parse.ts";
import { isKustomizationFile, kustomizationNames } from "./kustomization.ts";
import { type Layer, readLayers } from "./kustomize-layers.ts";
import { joinPath } from "./paths.ts";
import { follow, isSameValue, stepsTo } from "./yaml-steps.ts";

/** What `kubectl kustomize` made of a folder, and how to read what it was made of. */
export interface RenderedSet {
  /** Its text, rendered with origin annotations. */
  readonly file: SourceFile;
  /** The folder that was rendered. */
  readonly folder: string;
  /** The folder that paths in the origin annotations are relative to. */
  readonly base: string;
  read(uri: string): SourceFile | undefined;
}

/** Where a rendered value is written. */
export interface Origin {
  readonly file: SourceFile;
  readonly location: Location;
  /** False: no file writes the value as it is; the location is the object's. */
  readonly isWritten: boolean;
  /** What the value was made of. */
  readonly related?: readonly RelatedLocation[];
}

/** Finds the file and line behind rendered text. */
export interface RenderedOrigins {
  /** The kustomization, or the values of the chart, that was rendered. */
  readonly top: SourceFile | undefined;
  /** Uris of files whose values the rendering fills in. */
  readonly values?: readonly string[];
  /** How one of these files is read where secrets are looked for; undefined: as a manifest. */
  documentsOf?(file: SourceFile): readonly ManifestDocument[] | undefined;
  /** What is said of a value that no file writes. */
  readonly made: string;
  /** Every file that was read: suppression comments stand there. */
  readonly files: readonly SourceFile[];
  /** undefined: the object came from no file in view (a remote base, a chart). */
  originOf(location: Location): Origin | undefined;
}

/**
 * Maps a rendered set back. kustomize keeps no lines and drops comments, so the writer of a value is found by its path: the last
 * patch, transformer entry or generator that has the value there, else the resource file that the origin annotation names.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/buildmetadata/
 */
export function readRenderedOrigins(set: RenderedSet): RenderedOrigins {
  const files = new Map<string, SourceFile>();
  const read = (uri: string): SourceFile | undefined => {
    const file = files.get(uri) ?? set.read(uri);
    if (file !== undefined) files.set(uri, file);
    return file;
  };
  const top = kustomizationNames.flatMap((name) => read(`${set.folder}/${name}`) ?? [])[0];
  const layers = readLayers(set.folder, read);
  const documents = parseDocuments(set.file, { skipPrefilter: true });
  const objects = new Map<YamlNode, RenderedObject | undefined>();
  return {
    top,
    made: "kustomize generated this value",
    get files() {
      return [...files.values()];
    },
    originOf(location) {
      const root = documents.find(
        ({ span }) => location.span.start >= span.start && location.span.start <= span.end,
      )?.root;
      if (root === undefined) return undefined;
      if (!objects.has(root)) objects.set(root, readObject(root, set.base, read));
      const object = objects.get(root);
      return object === undefined ? undefined : findWriter(object, location, set.file, layers);
    },
  };
}

/** An object of the rendered text with what its origin annotation leads to. */
export interface RenderedObject {
  readonly root: YamlNode;
  readonly kind: string;
  /** As rendered, with prefix and suffix. */
  readonly name: string;
  /** As the source writes it. */
  readonly sourceName: string;
  /** The object in the resource file; undefined: a generator made it. */
  readonly source: YamlNode | undefined;
  readonly sourceFile: SourceFile;
}

function readObject(
  root: YamlNode,
  base: string,
  read: (uri: string) => SourceFile | undefined,
): RenderedObject | undefined {
  const annotation = root.string("metadata", "annotations", "config.kubernetes.io/origin");
  const origin = annotation === undefined ? undefined : parseSingle(new SourceFile("origin", annotation)).root;
  const path = origin?.string("path") ?? origin?.string("configuredIn");
  const kind = root.string("kind");
  const name = root.text("metadata", "name") ?? "";
  if (path === undefined || kind === undefined || origin?.at("repo") !== undefined) return undefined;
  const sourceFile = read(joinPath(base, path));
  if (sourceFile === undefined) return undefined;
  const source = isKustomizationFile(sourceFile.uri) ? undefined : objectIn(sourceFile, kind, name);
  return { root, kind, name, sourceFile, source, sourceName: source?.text("metadata", "name") ?? name };
}

/** The object of that kind whose name the rendered name is made of. */
function objectIn(file: SourceFile, kind: string, name: string): YamlNode | undefined {
  const candidates = parseDocuments(file, { skipPrefilter: true })
    .flatMap(({ root }) => (root?.string("kind")?.endsWith("List") === true ? (root.at("items")?.items() ?? []) : root))
    .filter((root): root is YamlNode => root?.string("kind") === kind);
  const named = candidates.filter((root) => name.includes(root.text("metadata", "name") ?? "\0"));
  const lengthOf = (root: YamlNode): number => (root.text("metadata", "name") ?? "").length;
  return named.sort((a, b) => lengthOf(b) - lengthOf(a))[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
}

function findWriter(
  object: RenderedObject,
  location: Location,
  rendered: SourceFile,
  layers: readonly Layer[],
): Origin | undefined {
  const steps = stepsTo(object.root, location.yamlPath);
  const node = object.root.at(...location.yamlPath);
  const fallback = object.source?.nearest("metadata", "name") ?? parseSingle(object.sourceFile).root;
  const atObject =
    fallback === undefined
      ? undefined
      : { file: object.sourceFile, location: locationOf(fallback), isWritten: steps?.length === 0 };
  if (steps === undefined || node === undefined) return atObject;
  const own = object.source === undefined ? undefined : follow(object.source, steps);
  const isOwn = own !== undefined && own.kind === node.kind && (node.kind !== "scalar" || isSameValue(own, node));
  // A map that the resource and a patch both write is the resource's.
  const writer =
    isOwn && node.kind !== "scalar"
      ? own
      : ([...layers].reverse().flatMap((layer) => layer.writerOf(object, steps, node) ?? [])[0] ??
        (isOwn || isRenamed(own, node) ? own : undefined));
  if (writer === undefined) return atObject;
  return { file: writer.file, location: within(writer, node, location, rendered), isWritten: true };
}

/** Names and references to them get prefixes, suffixes and hashes. */
function isRenamed(own: YamlNode | undefined, rendered: YamlNode): boolean {
  const name = own?.string();
  return name !== undefined && name !== "" && rendered.string()?.includes(name) === true;
}

/** The part of the writer that the rendered span is a part of: a key, the whole value, or a word of it. */
function within(writer: Place, node: YamlNode, { span }: Location, rendered: SourceFile): Location {
  const isKey = span.start === node.keySpan.start && node.keySpan.start !== node.span.start;
  if (isKey && "keySpan" in writer)
    return { ...locationOf(writer), span: (writer as Place & { readonly keySpan: Span }).keySpan };
  if (span.start <= node.span.start) return locationOf(writer);
  const word = rendered.slice(span);
  const before = occurrences(rendered.text.slice(node.span.start, span.start), word);
  let at = writer.span.start - 1;
  for (let count = 0; count <= before; count++) {
    at = writer.file.text.indexOf(word, at + 1);
    if (at < 0 || at + word.length > writer.span.end) return locationOf(writer);
  }
  return { ...locationOf(writer), span: { start: at, end: at + word.length } };
}

function occurrences(text: string, word: string): number {
  return word === "" ? 0 : text.split(word).length - 1;
}

function locationOf({ file, span, yamlPath }: Place): Location {
  const newline = file.text.slice(span.start, span.end).search(/\r?\n/);
  return { uri: file.uri, span: newline < 0 ? span : { start: span.start, end: span.start + newline }, yamlPath };
}
