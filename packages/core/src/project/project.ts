import { type Config, defaultConfig, type PresetName } from "../config/config.ts";
import { matchesGlob } from "../config/glob.ts";
import { readConfig } from "../config/read-config.ts";
import type { ConfigMistake } from "../config/setting.ts";
import type { View } from "../domain/model/workspace.ts";
import type { SqlParser } from "../embedded/sql-parser.ts";
import { builtInRules } from "../rule/built-in-rules.ts";
import type { AnyRule } from "../rule/rule.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import { type DocumentCache, parseDocuments } from "../yaml/parse.ts";
import { type CutUnit, cutUnits } from "./cut-units.ts";
import { configNames, isSql } from "./readable.ts";

/** What a host hands over: all texts under the root, and how to read them. */
export interface ProjectInput {
  /** Everything readable under the root, asked for or not; also kustomizations and Chart.yaml. */
  readonly files: readonly SourceFile[];
  /** .dbops.yaml, .yml or .json, in any folder. */
  readonly configs: readonly SourceFile[];
  /** The uri of the root folder, without a trailing slash. */
  readonly root: string;
  readonly view: View;
  /** ISO date: for `until` and facts that age; the core has no clock. */
  readonly today: string;
  readonly rules: readonly AnyRule[];
  /** Of a cluster: when it was read, an ISO time, and the kinds of which it did not show all there is. */
  readonly cluster?: { readonly readAt: string; readonly unread: ReadonlySet<string> };
  /** A file that holds instead of all others, or none at all. */
  readonly configOverride?: SourceFile | "none";
  readonly preset?: PresetName;
  /** Rule ids, categories or globs of ids: only these, in all their cases. */
  readonly select?: readonly string[];
  readonly ignore?: readonly string[];
  /** Globs relative to the root. */
  readonly exclude?: readonly string[];
  /** `ignore`: comments and annotations suppress nothing. */
  readonly inlineConfig?: "read" | "ignore";
  /** Fingerprints that a baseline lists, and its uri. */
  readonly baseline?: { readonly uri: string; readonly fingerprints: ReadonlySet<string> };
  readonly cache?: DocumentCache | undefined;
  /** Loads PostgreSQL's parser, when there is SQL to read; undefined: scripts are not judged. */
  readonly sqlParser?: (() => SqlParser) | undefined;
  /** In an editor: the line being typed. */
  readonly typing?: { readonly uri: string; readonly line: number };
}

/** Files and configurations, cut into units; the same for every host. */
export interface Project {
  readonly input: ProjectInput;
  readonly files: readonly SourceFile[];
  readonly units: readonly CutUnit[];
  readonly mistakes: readonly ConfigMistake[];
  readonly configs: readonly Config[];
  /** Mistakes in the configurations that hold for one of these files; for no files, of all. */
  mistakesFor(uris: ReadonlySet<string>): readonly ConfigMistake[];
  configFor(uri: string): Config;
  documentsOf(file: SourceFile): readonly ManifestDocument[];
  isExcluded(uri: string): boolean;
}

export function createProject(given: ProjectInput): Project {
  // Folders have no slash at their end: that of the file system's root is all of its name.
  const input = given.root === "/" ? { ...given, root: "" } : given;
  const read = readConfigs(input);
  const configs = read.map(({ config }) => (input.preset === undefined ? config : { ...config, preset: input.preset }));
  const mistakes = distinct(read.flatMap((each) => each.mistakes));
  const base = `${input.root}/`;
  const fallback = defaultConfig(base, input.preset);
  const configFor = (asked: string): Config => {
    // What has no place on disk (stdin) lies in the root.
    const uri = asked.startsWith(base) ? asked : `${base}${asked}`;
    let nearest: Config | undefined;
    for (const config of configs)
      if (uri.startsWith(config.base) && config.base.length > (nearest?.base.length ?? -1)) nearest = config;
    return nearest ?? fallback;
  };
  const isExcluded = (uri: string): boolean => {
    const relative = uri.startsWith(base) ? uri.slice(base.length) : uri;
    if (input.exclude?.some((glob) => matchesGlob(glob, relative)) === true) return true;
    const config = configFor(uri);
    return config.exclude.some((glob) =>
      matchesGlob(glob, uri.startsWith(config.base) ? uri.slice(config.base.length) : relative),
    );
  };
  // Globs are about files.
  const files = input.files.filter((file) => file.origin === "cluster" || !isExcluded(file.uri));
  const documents = new Map<string, readonly ManifestDocument[]>();
  const documentsOf = (file: SourceFile): readonly ManifestDocument[] => {
    let found = documents.get(file.uri);
    if (found === undefined) {
      found = isSql(file.uri)
        ? []
        : parseDocuments(file, {
            ...(input.cache === undefined ? {} : { cache: input.cache }),
            ...(input.typing?.uri === file.uri ? { typingLine: input.typing.line } : {}),
          });
      documents.set(file.uri, found);
    }
    return found;
  };
  const mistakesFor = (uris: ReadonlySet<string>): readonly ConfigMistake[] => {
    if (uris.size === 0) return mistakes;
    const used = new Set([...uris].map((uri) => configFor(uri).uri));
    return distinct(read.flatMap((each) => (used.has(each.config.uri) ? each.mistakes : [])));
  };
  const units = cutUnits(files, documentsOf);
  return { input, files, units, mistakes, configs, mistakesFor, configFor, documentsOf, isExcluded };
}

function readConfigs(
  input: ProjectInput,
): readonly { readonly config: Config; readonly mistakes: readonly ConfigMistake[] }[] {
  if (input.configOverride === "none") return [];
  const find = (uri: string): SourceFile | undefined =>
    input.configs.find((file) => file.uri === uri) ?? input.files.find((file) => file.uri === uri);
  const rules = [...input.rules, ...builtInRules];
  if (input.configOverride !== undefined) {
    const { config, mistakes } = readConfig(input.configOverride, rules, find);
    return [{ config: { ...config, base: `${input.root}/` }, mistakes }];
  }
  return input.configs.map((file) => {
    const other = input.configs.find((each) => isBefore(each.uri, file.uri));
    if (other === undefined) return readConfig(file, rules, find);
    const name = (uri: string): string => uri.slice(uri.lastIndexOf("/") + 1);
    const message = `${name(file.uri)} is not read: ${name(other.uri)} in the same folder applies.`;
    const at = { file, span: { start: 0, end: 0 }, yamlPath: [] };
    // Its settings count for nothing: the other one is found first.
    return {
      config: readConfig(other, rules, find).config,
      mistakes: [{ rule: "configuration-invalid-value", message, at }],
    };
  });
}

/** Whether a configuration lies in the folder of another and applies in its place. */
function isBefore(uri: string, other: string): boolean {
  const [slash, otherSlash] = [uri.lastIndexOf("/"), other.lastIndexOf("/")];
  if (uri.slice(0, slash) !== other.slice(0, otherSlash)) return false;
  return configNames.indexOf(uri.slice(slash + 1)) < configNames.indexOf(other.slice(otherSlash + 1));
}

/** A mistake in a file that several configurations extend is one mistake. */
function distinct(mistakes: readonly ConfigMistake[]): readonly ConfigMistake[] {
  const key = ({ rule, at }: ConfigMistake): string => `${rule} ${at.file.uri} ${at.span.start}`;
  return [...new Map(mistakes.map((mistake) => [key(mistake), mistake])).values()];
}
