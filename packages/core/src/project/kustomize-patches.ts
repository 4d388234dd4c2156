import { SourceFile } from "../text/source-file.ts";
import { nodeInString } from "../yaml/made-node.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseDocuments } from "../yaml/parse.ts";
import { joinPath } from "./paths.ts";

export type ReadFile = (uri: string) => SourceFile | undefined;

/** One patch of a kustomization. */
export interface KustomizePatch {
  /** A part of an object, or a list of operations (RFC 6902); undefined: it cannot be read. */
  readonly content: YamlNode | undefined;
  /** Which objects it changes; undefined: the one that its content names. */
  readonly target: YamlNode | undefined;
  /** `allowNameChange` and `allowKindChange`. */
  readonly options?: YamlNode | undefined;
}

/** An object as patches find it: by each name that it had on its way. */
export interface PatchTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The patches of a kustomization in the order in which kustomize applies them, then what else changes objects and is not read here. */
export function readPatches(root: YamlNode, folder: string, read: ReadFile): readonly KustomizePatch[] {
  const entries = ["patchesStrategicMerge", "patches", "patchesJson6902"].flatMap((field) =>
    (root.at(field)?.items() ?? []).map((entry) => ({
      text: entry.kind === "scalar" ? entry : (entry.at("patch") ?? entry.at("path")),
      isText: entry.at("patch") !== undefined,
      target: entry.at("target"),
      options: entry.at("options"),
    })),
  );
  return entries.flatMap(({ text, isText, target, options }) => {
    const written = text?.string();
    if (text === undefined || written === undefined) return [];
    const isInline = isText || written.includes("\n");
    const file = isInline ? new SourceFile(`${text.file.uri}#patch`, written) : read(joinPath(folder, written));
    // A file that is not there and would have named its own object says nothing of the others.
    if (file === undefined) return target === undefined ? [] : [{ content: undefined, target }];
    return parseDocuments(file, { skipPrefilter: true }).flatMap(
      ({ root: content, state }): readonly KustomizePatch[] => {
        if (content === undefined || state !== "whole")
          return state === "whole" ? [] : [{ content: undefined, target }];
        return [{ content: isInline ? nodeInString(content, text) : content, target, options }];
      },
    );
  });
}

/** What `replacements` write into is known only when everything is built: their targets, as patches without a content. */
export function readReplacements(root: YamlNode, folder: string, read: ReadFile): readonly KustomizePatch[] {
  return (root.at("replacements")?.items() ?? []).flatMap((entry) => {
    const path = entry.string("path");
    const file = path === undefined ? undefined : read(joinPath(folder, path));
    if (path !== undefined && file === undefined) return [{ content: undefined, target: undefined }];
    const written =
      file === undefined ? [entry] : parseDocuments(file, { skipPrefilter: true }).map((each) => each.root);
    return written
      .flatMap((node) => (node?.kind === "sequence" ? node.items() : (node ?? [])))
      .flatMap((node) => node.at("targets")?.items() ?? [])
      .map((target) => ({ content: undefined, target: target.at("select") }));
  });
}

/**
 * Whether a patch changes an object; undefined: only kustomize knows. Fields of a target are regular expressions for whole texts.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
 */
export function isTargetOf({ content, target }: KustomizePatch, object: PatchTarget): boolean | undefined {
  if (target === undefined && content === undefined) return undefined;
  if (target === undefined) {
    const namespace = content?.text("metadata", "namespace");
    return (
      content?.string("kind") === object.kind &&
      object.names.includes(content?.text("metadata", "name") ?? "") &&
      (namespace === undefined || object.namespace === undefined || namespace === object.namespace)
    );
  }
  const [version = "", group = ""] = object.apiVersion.split("/").reverse();
  const answers = [
    matchesAny(target.text("group"), [group]),
    matchesAny(target.text("version"), [version]),
    matchesAny(target.text("kind"), [object.kind]),
    matchesAny(target.text("name"), object.names),
    object.namespace === undefined || matchesAny(target.text("namespace"), [object.namespace]),
    matchesLabels(target.text("labelSelector"), object.labels),
    target.at("annotationSelector") === undefined ? true : undefined,
  ];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function matchesAny(pattern: string | undefined, texts: readonly string[]): boolean | undefined {
  if (pattern === undefined || pattern === "") return true;
  const answers = texts.map((text) => matchesWhole(pattern, text));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

/** Literal words with `.*` between them and `|` between alternatives, which is what people write; undefined for any other pattern. */
function matchesWhole(pattern: string, text: string): boolean | undefined {
  const plain = pattern.replace(/^\^/, "").replace(/\$$/, "");
  const words = plain.split("|").map((alternative) => alternative.split(".*"));
  if (words.flat().some((word) => /[\\^$*+?()[\]{}]/.test(word))) return undefined;
  return words.some((parts) => isMadeOf(text, parts));
}

/** Whether the text is these parts in their order with anything between them. */
function isMadeOf(text: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

/** Selectors of equalities; undefined for others. */
function matchesLabels(selector: string | undefined, labels: Readonly<Record<string, string>>): boolean | undefined {
  if (selector === undefined) return true;
  const pairs = selector.split(",").map((part) => part.trim().split(/==?/));
  if (pairs.some((pair) => pair.length !== 2 || pair.some((word) => /[!\s()]/.test(word)))) return undefined;
  return pairs.every(([key = "", value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
