import type { AnyRule } from "../rule/rule.ts";
import { append } from "../text/append.ts";
import type { SourceFile } from "../text/source-file.ts";
import { parseSingle } from "../yaml/parse.ts";
import { type Config, defaultConfig, type IgnoreEntry, type MovedEntry, type Override } from "./config.ts";
import { presetNames, settingsFor } from "./declared-settings.ts";
import { type ConfigMistake, didYouMean, type Reading, reportInvalid, type ValueOf } from "./setting.ts";

type Settings = ValueOf<ReturnType<typeof settingsFor>>;

/** Files that extend each other: more than anyone writes, so that a circle ends. */
const deepest = 8;

/**
 * Reads a .dbops.yaml. `findFile` gives the text of a local file that `extends` names.
 * Every mistake has its place; nothing throws.
 */
export function readConfig(
  file: SourceFile,
  rules: readonly AnyRule[],
  findFile: (uri: string) => SourceFile | undefined,
  depth = 0,
): { readonly config: Config; readonly mistakes: readonly ConfigMistake[] } {
  const base = file.uri.slice(0, file.uri.lastIndexOf("/") + 1);
  const fallback = { ...defaultConfig(base), uri: file.uri };
  const reading: Reading = { rules: new Map(rules.map((rule) => [rule.id, rule])), mistakes: [] };
  const { mistakes } = reading;
  const { root, errors } = parseSingle(file);
  if (root === undefined || root.kind !== "map") {
    const [error] = errors;
    if (error !== undefined || (root !== undefined && root.value !== null))
      reportInvalid(
        reading,
        { file, span: error?.span ?? { start: 0, end: 0 }, yamlPath: [] },
        `The configuration cannot be read${error === undefined ? ": it must be a map" : `: ${error.message}`}.`,
      );
    return { config: fallback, mistakes };
  }
  const written = settingsFor(rules).read(root, "", reading);
  if (written === undefined) return { config: fallback, mistakes };
  const inherited = extended(written);
  return {
    config: {
      ...inherited,
      rules: new Map([...inherited.rules, ...(written.rules ?? [])]),
      overrides: [...inherited.overrides, ...(written.overrides ?? []).map(overrideOf)],
      exclude: [...inherited.exclude, ...(written.exclude ?? [])],
      ignore: [...inherited.ignore, ...(written.ignore ?? []).flatMap(ignoreEntryOf)],
      moved: [...inherited.moved, ...(written.moved ?? []).flatMap(movedEntryOf)],
      backups: written.backups ?? inherited.backups,
    },
    mistakes,
  };

  function extended({ extends: name, at }: Settings): Config {
    if (name === undefined) return fallback;
    const preset = presetNames.find((each) => each === name);
    if (preset !== undefined) return { ...fallback, preset };
    const uri = name.startsWith("/") ? name : resolvePath(base, name);
    const other = /\.(ya?ml|json)$/.test(name) && depth < deepest ? findFile(uri) : undefined;
    if (other === undefined) {
      const message = `There is no preset or file "${name}"${didYouMean(name, presetNames)}`;
      reportInvalid(reading, at.nearest("extends"), message);
      return fallback;
    }
    const parent = readConfig(other, rules, findFile, depth + 1);
    append(reading.mistakes, parent.mistakes);
    return { ...parent.config, uri: file.uri, base };
  }

  function movedEntryOf({
    from,
    to,
    reason,
    until,
    at,
  }: NonNullable<Settings["moved"]>[number]): readonly MovedEntry[] {
    return from === undefined || to === undefined ? [] : [{ from, to, reason, until, uri: file.uri, span: at.span }];
  }

  function ignoreEntryOf({ rule, at, ...narrowed }: NonNullable<Settings["ignore"]>[number]): readonly IgnoreEntry[] {
    return rule === undefined ? [] : [{ rule, ...narrowed, uri: file.uri, span: at.span }];
  }
}

function overrideOf({ files, namespaces, labels, rules }: NonNullable<Settings["overrides"]>[number]): Override {
  return { files, namespaces, labels, rules: rules ?? new Map() };
}

function resolvePath(base: string, relative: string): string {
  const parts = base.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
