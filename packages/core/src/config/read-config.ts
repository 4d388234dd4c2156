import type { AnyRule } from "../rule/rule.ts";
import { append } from "../text/append.ts";
import { closest } from "../text/closest.ts";
import type { SourceFile } from "../text/source-file.ts";
import { keyOf, type Place, type YamlNode } from "../yaml/node.ts";
import { parseSingle } from "../yaml/parse.ts";
import {
  type Config,
  defaultConfig,
  type IgnoreEntry,
  type Level,
  type Override,
  type PresetName,
  type RuleSetting,
} from "./config.ts";

/** A mistake in a configuration file; the rest of the file holds. */
export interface ConfigProblem {
  readonly rule: "configuration-unknown-key" | "configuration-unknown-rule" | "configuration-invalid-value";
  readonly message: string;
  readonly at: Place;
}

const topKeys = ["$schema", "extends", "rules", "overrides", "exclude", "ignore", "backups"];
const levels: readonly string[] = ["off", "info", "warning", "error"];
const presetNames: readonly string[] = ["recommended", "all", "ephemeral"];

/**
 * Reads a .dbops.yaml. `findFile` gives the text of a local file that `extends` names.
 * Every mistake is a problem with its place; nothing throws.
 */
export function readConfig(
  file: SourceFile,
  rules: readonly AnyRule[],
  findFile: (uri: string) => SourceFile | undefined,
  depth = 0,
): { readonly config: Config; readonly problems: readonly ConfigProblem[] } {
  const base = file.uri.slice(0, file.uri.lastIndexOf("/") + 1);
  const document = parseSingle(file);
  const problems: ConfigProblem[] = [];
  const fallback = { ...defaultConfig(base), uri: file.uri };
  const { root } = document;
  if (root === undefined || root.kind !== "map") {
    const error = document.errors[0];
    const at: Place = { file, span: error?.span ?? { start: 0, end: 0 }, yamlPath: [] };
    if (error !== undefined || (root !== undefined && root.value !== null)) {
      problems.push({
        rule: "configuration-invalid-value",
        message: `The configuration cannot be read${error === undefined ? ": it must be a map" : `: ${error.message}`}.`,
        at,
      });
    }
    return { config: fallback, problems };
  }
  const reader = new ConfigReader(rules, problems);
  reader.unknownKeys(root, topKeys, "");
  let config: Config = fallback;
  const parent = root.at("extends");
  const parentName = parent?.string();
  if (parent !== undefined && parentName !== undefined) {
    if (presetNames.includes(parentName)) config = { ...config, preset: parentName as PresetName };
    else {
      const uri = parentName.startsWith("/") ? parentName : resolvePath(base, parentName);
      const other = /\.(ya?ml|json)$/.test(parentName) && depth < 8 ? findFile(uri) : undefined;
      if (other === undefined)
        reader.invalid(parent, `There is no preset or file "${parentName}"${didYouMean(parentName, presetNames)}.`);
      else {
        const inherited = readConfig(other, rules, findFile, depth + 1);
        append(problems, inherited.problems);
        config = { ...inherited.config, uri: file.uri, base };
      }
    }
  } else if (parent !== undefined) reader.invalid(parent, "extends must be recommended, all, ephemeral or a file.");
  return {
    config: {
      ...config,
      rules: new Map([...config.rules, ...reader.rules(root.at("rules"))]),
      overrides: [...config.overrides, ...reader.items(root.at("overrides")).map((item) => reader.override(item))],
      exclude: [...config.exclude, ...reader.strings(root.at("exclude"))],
      ignore: [...config.ignore, ...reader.items(root.at("ignore")).flatMap((item) => reader.ignore(item, file.uri))],
      backupsAreHere: reader.backups(root.at("backups")) ?? config.backupsAreHere,
    },
    problems,
  };
}

function resolvePath(base: string, relative: string): string {
  const parts = base.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = closest(word, candidates);
  return found === undefined ? "" : `; did you mean "${found}"?`;
}

class ConfigReader {
  readonly #rules: ReadonlyMap<string, AnyRule>;
  readonly #problems: ConfigProblem[];

  constructor(rules: readonly AnyRule[], problems: ConfigProblem[]) {
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
    this.#problems = problems;
  }

  invalid(at: Place, message: string): void {
    this.#problems.push({ rule: "configuration-invalid-value", message: message.replace(/\?\.$/, "?"), at });
  }

  unknownKeys(node: YamlNode, known: readonly string[], where: string): void {
    for (const [key, value] of node.entries()) {
      if (known.includes(key)) continue;
      this.#problems.push({
        rule: "configuration-unknown-key",
        message: `There is no setting "${key}"${where}${didYouMean(key, known)}`.replace(/([^?])$/, "$1."),
        at: keyOf(value),
      });
    }
  }

  items(node: YamlNode | undefined): readonly YamlNode[] {
    if (node !== undefined && node.kind !== "sequence") this.invalid(node, "This must be a list.");
    return node?.items() ?? [];
  }

  backups(node: YamlNode | undefined): boolean | undefined {
    if (node === undefined) return undefined;
    const places = ["here", "elsewhere"];
    const text = node.text() ?? "";
    if (!places.includes(text)) {
      this.invalid(node, `backups must be here or elsewhere, not "${text}"${didYouMean(text, places)}.`);
      return undefined;
    }
    return text === "here";
  }

  strings(node: YamlNode | undefined): readonly string[] {
    if (node === undefined) return [];
    if (node.kind !== "sequence") {
      this.invalid(node, "This must be a list of strings.");
      return [];
    }
    return node.items().flatMap((item) => item.text() ?? []);
  }

  rules(node: YamlNode | undefined): ReadonlyMap<string, RuleSetting> {
    const settings = new Map<string, RuleSetting>();
    if (node === undefined) return settings;
    if (node.kind !== "map") this.invalid(node, "rules must be a map of rule ids to levels.");
    for (const [id, value] of node.entries()) {
      const rule = this.#find(id);
      if (rule === undefined) {
        this.#problems.push({
          rule: "configuration-unknown-rule",
          message: `There is no rule "${id}"${didYouMean(id, this.#rules.keys())}`.replace(/([^?])$/, "$1."),
          at: keyOf(value),
        });
        continue;
      }
      settings.set(rule.id, this.#setting(rule, value));
    }
    return settings;
  }

  #find(id: string): AnyRule | undefined {
    return this.#rules.get(id) ?? [...this.#rules.values()].find((candidate) => candidate.meta.replaces?.includes(id));
  }

  #setting(rule: AnyRule, node: YamlNode): RuleSetting {
    if (node.kind !== "map") return { level: this.#level(node), options: {} };
    const severity = node.at("severity");
    const known = Object.entries(rule.meta.options ?? {}) as [
      string,
      { parse(node: YamlNode): unknown; schema: object },
    ][];
    this.unknownKeys(node, ["severity", ...known.map(([name]) => name)], ` of ${rule.id}`);
    const options: Record<string, unknown> = {};
    for (const [name, option] of known) {
      const written = node.at(name);
      if (written === undefined) continue;
      const value = option.parse(written);
      if (value === undefined)
        this.invalid(written, `${name} of ${rule.id} does not accept this value (${JSON.stringify(option.schema)}).`);
      else options[name] = value;
    }
    return { level: severity === undefined ? undefined : this.#level(severity), options };
  }

  #level(node: YamlNode): Level | undefined {
    // `off` is a boolean in YAML 1.1: who writes it plainly means the level.
    const text = node.value === false ? "off" : node.text();
    if (text !== undefined && levels.includes(text)) return text as Level;
    this.invalid(
      node,
      `A level must be off, info, warning or error, not "${text ?? ""}"${didYouMean(text ?? "", levels)}.`,
    );
    return undefined;
  }

  override(node: YamlNode): Override {
    this.unknownKeys(node, ["files", "namespaces", "labels", "rules"], " of an override");
    const labels = node.at("labels");
    const isBroken = labels !== undefined && labels.kind !== "map";
    if (isBroken) this.invalid(labels, "labels must be a map of label names to values.");
    const files = node.at("files");
    return {
      // A condition that cannot be read holds nowhere: the override must not reach further than was meant.
      files: isBroken ? [] : files === undefined ? undefined : this.strings(files),
      namespaces: node.at("namespaces") === undefined ? undefined : this.strings(node.at("namespaces")),
      labels:
        labels === undefined
          ? undefined
          : Object.fromEntries(labels.entries().map(([key, value]) => [key, value.text() ?? ""])),
      rules: this.rules(node.at("rules")),
    };
  }

  ignore(node: YamlNode, uri: string): readonly IgnoreEntry[] {
    this.unknownKeys(node, ["rule", "path", "object", "reason", "until"], " of an ignore entry");
    const rule = node.at("rule");
    const id = rule?.string();
    const known = id === undefined ? undefined : this.#find(id);
    if (known === undefined) {
      this.#problems.push({
        rule: "configuration-unknown-rule",
        message: `There is no rule "${id ?? ""}"${didYouMean(id ?? "", this.#rules.keys())}`.replace(/([^?])$/, "$1."),
        at: rule ?? node,
      });
      return [];
    }
    const until = node.at("until");
    if (until !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(until.text() ?? "")) {
      this.invalid(until, "until needs a date like 2027-01-31; without one this entry hides nothing.");
      return [];
    }
    return [
      {
        rule: known.id,
        path: node.text("path"),
        object: node.text("object"),
        reason: node.text("reason"),
        until: until?.text(),
        uri,
        span: node.span,
      },
    ];
  }
}
