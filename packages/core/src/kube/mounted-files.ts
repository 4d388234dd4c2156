import { decodeBase64 } from "../text/base64.ts";
import { directoryPath } from "../text/scan.ts";
import { type Fact, known, unknown } from "../yaml/fact.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { MountedFile, VolumeMount } from "./container.ts";
import { isPlaceholder } from "./placeholder.ts";
import type { Resource } from "./resource.ts";

/** Finds a ConfigMap or Secret of the same unit; undefined: not in view. */
export type FindObject = (kind: "ConfigMap" | "Secret", name: string) => Resource | undefined;

/** One entry of a ConfigMap or Secret: its text and where it is written. */
export function readEntry(
  object: Resource,
  key: string,
): { readonly content: Fact<string>; readonly node: YamlNode } | undefined {
  const plain = object.node.at(object.kind === "Secret" ? "stringData" : "data", key);
  if (plain !== undefined) {
    const text = plain.text();
    const content =
      text === undefined
        ? unknown(plain, "it is not text")
        : isPlaceholder(text)
          ? unknown(plain, "it is filled in later")
          : known(text, plain);
    return { content, node: plain };
  }
  const encoded = object.node.at(object.kind === "Secret" ? "data" : "binaryData", key);
  if (encoded === undefined) return undefined;
  const decoded = decodeBase64(encoded.text() ?? "");
  return {
    content: decoded === undefined ? unknown(encoded, "it is not base64 of text") : known(decoded, encoded),
    node: encoded,
  };
}

/** Keys of a ConfigMap or Secret, plain and encoded. */
export function entryKeys(object: Resource): readonly string[] {
  const sections = object.kind === "Secret" ? ["stringData", "data"] : ["data", "binaryData"];
  const keys = sections.flatMap((section) => (object.node.at(section)?.entries() ?? []).map(([key]) => key));
  return [...new Set(keys)];
}

/**
 * A Secret whose text is not the real one: no data at all, or a shell that an operator fills (Sealed, External, SOPS elsewhere).
 * Its missing keys are unknown, not missing.
 */
export function isFilledElsewhere(object: Resource): boolean {
  if (entryKeys(object).length === 0) return true;
  return Object.keys(object.annotations).some((name) =>
    /replicator|reflector|sealedsecrets|external-secrets|avp\.|vault/.test(name),
  );
}

interface ProjectedSource {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly items: YamlNode | undefined;
}

function sourcesOf(mount: VolumeMount): readonly ProjectedSource[] {
  const volume = mount.volume;
  if (volume === undefined) return [];
  if (volume.source === "config-map") {
    return [{ kind: "ConfigMap", name: volume.sourceName ?? "", items: volume.node.at("configMap", "items") }];
  }
  if (volume.source === "secret")
    return [{ kind: "Secret", name: volume.sourceName ?? "", items: volume.node.at("secret", "items") }];
  const sources: ProjectedSource[] = [];
  for (const source of volume.source === "projected" ? (volume.node.at("projected", "sources")?.items() ?? []) : []) {
    const configMap = source.string("configMap", "name");
    const secret = source.string("secret", "name");
    if (configMap !== undefined)
      sources.push({ kind: "ConfigMap", name: configMap, items: source.at("configMap", "items") });
    if (secret !== undefined) sources.push({ kind: "Secret", name: secret, items: source.at("secret", "items") });
  }
  return sources;
}

/** Whether a mount shows files of ConfigMaps or Secrets. */
export function holdsConfiguration(mount: VolumeMount): boolean {
  return sourcesOf(mount).length > 0;
}

/** The files that one mount shows, as far as their objects are in view; `isComplete` false where one is not. */
export function filesOfMount(
  mount: VolumeMount,
  find: FindObject,
): { readonly files: readonly MountedFile[]; readonly isComplete: boolean } {
  const files: MountedFile[] = [];
  let isComplete = true;
  for (const source of sourcesOf(mount)) {
    const object = find(source.kind, source.name);
    if (object === undefined) {
      isComplete = false;
      continue;
    }
    if (object.kind === "Secret" && isFilledElsewhere(object)) isComplete = false;
    const items = source.items
      ?.items()
      .map((item) => ({ key: item.string("key") ?? "", path: item.string("path") ?? "" }));
    for (const { key, path } of items ?? entryKeys(object).map((key) => ({ key, path: key }))) {
      const target = targetPath(mount, path);
      const entry = readEntry(object, key);
      if (target !== undefined && entry !== undefined)
        files.push({ path: target, content: entry.content, node: entry.node, mount });
    }
  }
  return { files, isComplete };
}

function targetPath(mount: VolumeMount, path: string): string | undefined {
  const base = directoryPath(mount.mountPath);
  if (mount.subPath === undefined) return `${base}/${path}`;
  if (mount.subPath === path) return base;
  return path.startsWith(`${mount.subPath}/`) ? `${base}${path.slice(mount.subPath.length)}` : undefined;
}
