import type { Place, YamlNode } from "../yaml/node.ts";
import type { ReadFile } from "./kustomize-patches.ts";
import { joinPath } from "./paths.ts";
import type { RenderedObject } from "./rendered-origins.ts";
import type { Step } from "./yaml-steps.ts";

/** Where a ConfigMap or Secret generator takes a value from: a literal, a file, a line of an env file; undefined: from nowhere here. */
export function generatedBy(
  kustomization: YamlNode,
  folder: string,
  read: ReadFile,
  object: RenderedObject,
  steps: readonly Step[],
  value: YamlNode,
): Place | undefined {
  const field =
    object.kind === "ConfigMap" ? "configMapGenerator" : object.kind === "Secret" ? "secretGenerator" : undefined;
  if (field === undefined || object.source !== undefined) return undefined;
  const name = object.name.replace(/-[a-z0-9]{10}$/, "");
  const entry = (kustomization.at(field)?.items() ?? [])
    .filter((item) => name.includes(item.text("name") ?? "\0"))
    .sort((a, b) => (b.text("name") ?? "").length - (a.text("name") ?? "").length)[0];
  if (entry === undefined) return undefined;
  const [where, key] = steps;
  if (where === "metadata" || steps.length < 2 || typeof key !== "string") return entry.at("name");
  return (
    fromLiterals(entry, key, value) ??
    fromFiles(entry, key, folder, read) ??
    fromEnvFiles(entry, key, folder, read, value)
  );
}

function fromLiterals(entry: YamlNode, key: string, value: YamlNode): Place | undefined {
  for (const item of entry.at("literals")?.items() ?? []) {
    const literal = item.string() ?? "";
    if (!literal.startsWith(`${key}=`)) continue;
    const isQuoted = /^["'].*["']$/s.test(literal.slice(key.length + 1));
    const start = key.length + (isQuoted ? 2 : 1);
    return item.inside({ start, end: start + (value.text() ?? "").length });
  }
  return undefined;
}

function fromFiles(entry: YamlNode, key: string, folder: string, read: ReadFile): Place | undefined {
  for (const item of entry.at("files")?.items() ?? []) {
    const [first = "", second] = (item.string() ?? "").split("=");
    const path = second ?? first;
    if ((second === undefined ? path.split("/").at(-1) : first) !== key) continue;
    const file = read(joinPath(folder, path));
    return file === undefined ? item : { file, span: { start: 0, end: file.text.length }, yamlPath: [] };
  }
  return undefined;
}

function fromEnvFiles(
  entry: YamlNode,
  key: string,
  folder: string,
  read: ReadFile,
  value: YamlNode,
): Place | undefined {
  for (const item of [entry.at("env"), ...(entry.at("envs")?.items() ?? [])]) {
    const file = read(joinPath(folder, item?.string() ?? ""));
    const line = `${key}=${value.text() ?? ""}`;
    const at = file === undefined ? -1 : `\n${file.text}`.indexOf(`\n${line}`);
    if (file !== undefined && at >= 0)
      return { file, span: { start: at + key.length + 1, end: at + line.length }, yamlPath: [] };
  }
  return undefined;
}
