import type { Severity } from "../rule/finding.ts";
import type { Span } from "../text/span.ts";

export type Level = Severity | "off";
export type PresetName = "recommended" | "all" | "ephemeral";

export interface RuleSetting {
  readonly level: Level | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** `overrides`: every condition that is given must hold. */
export interface Override {
  readonly files: readonly string[] | undefined;
  readonly namespaces: readonly string[] | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly rules: ReadonlyMap<string, RuleSetting>;
}

/** `ignore`: findings that somebody has looked at. */
export interface IgnoreEntry {
  readonly rule: string;
  readonly path: string | undefined;
  /** `Kind/name` or a name. */
  readonly object: string | undefined;
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly uri: string;
  readonly span: Span;
}

/** An object as people name it: `StatefulSet/shop/orders-db`. */
export interface ObjectName {
  readonly kind: string;
  /** undefined: the manifest writes none. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** undefined: it is no name of an object. */
export function objectNamed(text: string): ObjectName | undefined {
  const [kind = "", second = "", third, ...more] = text.split("/");
  if (kind === "" || second === "" || third === "" || more.length > 0) return undefined;
  return { kind, namespace: third === undefined ? undefined : second, name: third ?? second };
}

/** `moved`: a database that somebody renamed, with its data. */
export interface MovedEntry {
  readonly from: ObjectName;
  readonly to: ObjectName;
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly uri: string;
  readonly span: Span;
}

/** What one .dbops.yaml says. Only the nearest file up the tree applies. */
export interface Config {
  readonly uri: string | undefined;
  /** The folder of the file with a trailing slash: globs are relative to it. */
  readonly base: string;
  readonly preset: PresetName;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly overrides: readonly Override[];
  readonly exclude: readonly string[];
  readonly ignore: readonly IgnoreEntry[];
  readonly moved: readonly MovedEntry[];
  /** Whether the backups of this repository's databases are defined in it; undefined: nothing is written. */
  readonly backups: "here" | "elsewhere" | undefined;
}

/** What holds without a file. */
export function defaultConfig(base: string, preset: PresetName = "recommended"): Config {
  return {
    uri: undefined,
    base,
    preset,
    rules: new Map(),
    overrides: [],
    exclude: [],
    ignore: [],
    moved: [],
    backups: undefined,
  };
}
