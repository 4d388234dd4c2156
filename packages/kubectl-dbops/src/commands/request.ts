import {
  allRules,
  builtInRules,
  categories,
  matchesGlob,
  type PresetName,
  type Severity,
  type View,
} from "@dbops/core";
import { colors, presets, severities, views } from "../choices.ts";
import type { Changes } from "../files/git.ts";
import { isPackedChart } from "../files/helm.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { didYouMeanRule } from "../meaning.ts";
import { type BaselineRequest, readBaselineRequest } from "./baseline.ts";
import { type Gate, readGate } from "./gate.ts";
import { readLevel } from "./levels.ts";
import { isForAgent, type Output, readOutputs } from "./outputs.ts";
import { readSuppression, type SuppressionRequest } from "./suppress.ts";

/** What a command reads: files and folders, stdin, rendered kustomizations. */
export interface SourceRequest {
  /** Empty: the working directory, where nothing else is read. */
  readonly paths: readonly string[];
  readonly readsStdin: boolean;
  /** The name that findings show for stdin. */
  readonly stdinName: string | undefined;
  readonly kustomizations: readonly string[];
  readonly allowsRemote: boolean;
  /** Charts, folders or packed, that are rendered with helm whatever else is read. */
  readonly charts: readonly string[];
  /** Files of values for all charts; empty: each chart's own. */
  readonly values: readonly string[];
  /** Charts that are met while reading folders are rendered, too. */
  readonly rendersCharts: boolean;
  readonly exclude: readonly string[];
  /** Files that .gitignore lists, too. */
  readonly readsIgnored: boolean;
}

/** Which rules run, by which configuration. */
export interface RuleRequest {
  readonly select: readonly string[] | undefined;
  readonly ignore: readonly string[] | undefined;
  readonly preset: PresetName | undefined;
  /** A file to use alone; none: no file at all; undefined: the nearest. */
  readonly config: { readonly file: string } | "none" | undefined;
  readonly readsComments: boolean;
  readonly view: View;
}

export type ColorWhen = (typeof colors)[number];

/** All that the words of `lint` ask for; nothing reads the words after it. */
export interface LintRequest {
  readonly sources: SourceRequest;
  readonly rules: RuleRequest;
  readonly baseline: BaselineRequest;
  readonly changes: Changes | undefined;
  /** What is done about what is found. */
  readonly printConfigOf: string | undefined;
  readonly suppression: SuppressionRequest | undefined;
  readonly fixes: { readonly admit: "safe" | "unsafe"; readonly isWritten: boolean } | undefined;
  readonly outputs: readonly Output[];
  readonly color: ColorWhen;
  readonly shownFrom: Severity;
  readonly isQuiet: boolean;
  readonly showsStatistics: boolean;
  readonly showsDebug: boolean;
  readonly showsTiming: boolean;
  /** Procedures are written out. */
  readonly showsSteps: boolean;
  /** It lints again whenever a file changes. */
  readonly isWatching: boolean;
  readonly gate: Gate;
  /** A document that was not linted fails the run. */
  readonly isStrict: boolean;
  readonly acceptsUnmatched: boolean;
}

/** @throws UsageError */
export function readLintRequest(args: Arguments, io: Io): LintRequest {
  const isDiff = args.has("diff") || args.has("fix-dry-run");
  return {
    outputs: readOutputs(args, isForAgent(io)),
    gate: readGate(args),
    shownFrom: args.has("quiet")
      ? "error"
      : (readLevel("min-severity", args.value("min-severity"), severities) ?? "info"),
    suppression: args.has("suppress") ? readSuppression(args, io.today) : undefined,
    fixes:
      isDiff || args.has("fix")
        ? { admit: args.has("unsafe-fixes") ? "unsafe" : "safe", isWritten: !isDiff }
        : undefined,
    sources: readSources(args),
    rules: readRules(args),
    baseline: readBaselineRequest(args),
    changes: changesOf(args),
    printConfigOf: args.value("print-config"),
    color: readColor(args),
    isQuiet: args.has("quiet"),
    showsStatistics: args.has("statistics"),
    showsDebug: args.has("debug"),
    showsTiming: args.has("timing"),
    showsSteps: args.has("steps"),
    isWatching: args.has("watch"),
    isStrict: args.has("strict"),
    acceptsUnmatched: args.has("no-error-on-unmatched-pattern"),
  };
}

/** The part about input, of every command that reads manifests. */
export function readSources(args: Arguments): SourceRequest {
  const named = [...args.positionals, ...args.values("filename")];
  const paths = named.filter((each) => each !== "-" && !isPackedChart(each));
  const readsStdin = args.has("stdin") || named.includes("-") || (args.has("stdin-filename") && paths.length === 0);
  // What writes files, or looks at them again, is about the files themselves.
  const isAboutFiles = ["fix", "diff", "fix-dry-run", "suppress", "watch", "print-config"].some((flag) =>
    args.has(flag),
  );
  return {
    paths,
    readsStdin,
    stdinName: args.value("stdin-filename"),
    kustomizations: args.values("kustomize"),
    allowsRemote: args.has("allow-remote"),
    charts: [...args.values("helm"), ...named.filter(isPackedChart)],
    values: args.values("values"),
    // helm reads what is on disk: of the text that an editor holds it knows nothing.
    rendersCharts: !args.has("no-helm") && !isAboutFiles && !readsStdin,
    exclude: args.values("exclude"),
    readsIgnored: args.has("no-ignore"),
  };
}

/** The part about rules. @throws UsageError */
export function readRules(args: Arguments): RuleRequest {
  const file = args.value("config");
  return {
    select: rulesNamed(args, "select"),
    ignore: rulesNamed(args, "ignore"),
    preset: readLevel<PresetName>("preset", args.value("preset"), presets),
    config: args.has("no-config") ? "none" : file === undefined ? undefined : { file },
    readsComments: !args.has("no-inline-config"),
    view: readLevel("view", args.value("view"), views) ?? "folder",
  };
}

/** @throws UsageError */
export function readColor(args: Arguments): ColorWhen {
  return args.has("no-color") ? "never" : (readLevel("color", args.value("color"), colors) ?? "auto");
}

/** Rules, categories and globs that a flag names. @throws UsageError where there is none of that name */
export function rulesNamed(args: Arguments, flag: string): readonly string[] | undefined {
  const values = args
    .values(flag)
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
  for (const value of values) checkRule(value);
  return values.length === 0 ? undefined : values;
}

function checkRule(pattern: string): void {
  const ids = [...allRules, ...builtInRules].map((rule) => rule.id);
  if (categories.includes(pattern)) return;
  if (ids.includes(pattern) || (pattern.includes("*") && ids.some((id) => matchesGlob(pattern, id)))) return;
  throw new UsageError(`there is no rule ${pattern}${didYouMeanRule(pattern, [...ids, ...categories])}`);
}

/** What --since, --staged and --changed ask for. */
export function changesOf(args: Arguments): Changes | undefined {
  if (args.has("since")) return { since: args.value("since") ?? "HEAD" };
  return args.has("staged") ? "staged" : args.has("changed") ? "changed" : undefined;
}
