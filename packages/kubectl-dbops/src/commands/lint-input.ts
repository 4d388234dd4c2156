import { existsSync } from "node:fs";
import path from "node:path";
import {
  allRules,
  categories,
  closest,
  matchesGlob,
  ownRules,
  type PresetName,
  type ProjectInput,
  type RenderedOrigins,
  SourceFile,
} from "@dbops/core";
import { presets, views } from "../choices.ts";
import { decodeBytes } from "../files/decode.ts";
import { type Discovered, discover, reasonOf, toPosix } from "../files/discover.ts";
import { type Changes, changedFiles, repositoryOf } from "../files/git.ts";
import { renderKustomization } from "../files/kustomize.ts";
import { readNamedFile } from "../files/read-stream.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { readBaseline } from "./baseline.ts";
import { readLevel } from "./levels.ts";

/** What a run reads: files on disk, stdin, rendered kustomizations. */
export interface LintFiles extends Discovered {
  /** Where the rendered texts come from, by their uri. */
  readonly origins: ReadonlyMap<string, RenderedOrigins>;
}

/** Reads what the arguments name. Problems with single files are in `errors`, and the others are read. @throws UsageError */
export function readInput(args: Arguments, io: Io): LintFiles {
  const paths = [...args.positionals, ...args.values("filename")].flatMap((each) => (each === "-" ? [] : [each]));
  const fromStdin = args.has("stdin") || args.positionals.includes("-") || args.values("filename").includes("-");
  const exclude = args.values("exclude");
  const kustomizations = args.values("kustomize");
  if (args.has("allow-remote") && kustomizations.length === 0) throw new UsageError("--allow-remote requires -k");
  const isDefault = paths.length === 0 && !fromStdin && kustomizations.length === 0;
  const found =
    paths.length > 0 || isDefault
      ? discover({
          cwd: io.cwd,
          paths: isDefault ? ["."] : paths,
          readsIgnored: args.has("no-ignore"),
          exclude,
          onRead: (count) => io.progress(`reading: ${count} files`),
        })
      : {
          root: toPosix(io.cwd),
          files: [],
          configs: configsAbove(io),
          asked: new Set<string>(),
          errors: [],
          unmatched: [],
          skipped: [],
        };
  const files = [...found.files];
  const asked = new Set(found.asked);
  const errors = [...found.errors];
  const origins = new Map<string, RenderedOrigins>();
  if (fromStdin) {
    const bytes = io.readStdin();
    const text = bytes === undefined ? undefined : decodeBytes(bytes);
    const name = args.value("stdin-filename");
    const uri = name === undefined ? "<stdin>" : toPosix(path.resolve(io.cwd, name));
    if (text?.trim() === "") io.err("Nothing came from stdin.\n");
    if (text === undefined)
      errors.push(`${name ?? "<stdin>"}: ${bytes === undefined ? "too large to read" : "not a text file"}`);
    else {
      const existing = files.findIndex((file) => file.uri === uri);
      if (existing >= 0) files.splice(existing, 1);
      files.push(new SourceFile(uri, text, "stdin"));
      asked.add(uri);
    }
  }
  for (const folder of kustomizations) {
    io.progress(`kubectl kustomize ${folder}`);
    const rendered = renderKustomization(folder, args.has("allow-remote"), io);
    if (typeof rendered === "string") errors.push(rendered);
    else {
      files.push(rendered.file);
      asked.add(rendered.file.uri);
      origins.set(rendered.file.uri, rendered.origins);
    }
  }
  // On the command line a glob is about what the shell sees, in a configuration about what lies under its folder.
  const isExcluded = (uri: string): boolean =>
    exclude.some((glob) => matchesGlob(glob, toPosix(path.relative(io.cwd, uri))));
  const kept = files.filter((file) => !isExcluded(file.uri));
  return { ...found, files: kept, asked, errors, origins };
}

/** Without paths (stdin, -k) the configuration of the working directory and above holds. */
function configsAbove(io: Io): readonly SourceFile[] {
  const top = repositoryOf(io.cwd, existsSync) ?? io.cwd;
  for (let folder = io.cwd; folder.startsWith(top); folder = path.dirname(folder)) {
    for (const name of [".dbops.yaml", ".dbops.yml", ".dbops.json"]) {
      const file = path.join(folder, name);
      if (existsSync(file)) return [readNamedConfig(file, io)];
    }
    if (path.dirname(folder) === folder) break;
  }
  return [];
}

/** Rules and globs that a flag names. @throws UsageError where there is none of that name */
export function rulesNamed(args: Arguments, flag: string): readonly string[] | undefined {
  const values = args
    .values(flag)
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
  for (const value of values) checkRule(value);
  return values.length === 0 ? undefined : values;
}

/** The project of a run: files, configuration and what the flags say over it. @throws UsageError */
export function projectInput(args: Arguments, found: Discovered, io: Io): ProjectInput {
  const select = rulesNamed(args, "select");
  const ignored = rulesNamed(args, "ignore");
  const preset = readLevel<PresetName>("preset", args.value("preset"), presets);
  const named = args.value("config") ?? io.env.DBOPS_CONFIG;
  const baseline = readBaseline(args, io);
  const view = readLevel("view", args.value("view"), views) ?? "folder";
  return {
    files: found.files,
    configs: found.configs,
    root: found.root,
    view,
    today: io.today,
    rules: allRules,
    ...(args.has("no-config")
      ? { configOverride: "none" as const }
      : named === undefined || named === ""
        ? {}
        : { configOverride: readNamedConfig(named, io) }),
    ...(preset === undefined ? {} : { preset }),
    ...(select === undefined ? {} : { select }),
    ...(ignored === undefined ? {} : { ignore: ignored }),
    ...(args.has("no-inline-config") ? { inlineConfig: "ignore" as const } : {}),
    ...(baseline === undefined ? {} : { baseline }),
    exclude: args.values("exclude"),
  };
}

function readNamedConfig(named: string, io: Io): SourceFile {
  const file = path.resolve(io.cwd, named);
  try {
    return new SourceFile(toPosix(file), readNamedFile(file).toString("utf8"));
  } catch (error) {
    throw new UsageError(`${named}: ${reasonOf(error)}`);
  }
}

function checkRule(pattern: string): void {
  const ids = [...allRules, ...ownRules].map((rule) => rule.id);
  if (categories.includes(pattern)) return;
  if (ids.includes(pattern) || (pattern.includes("*") && ids.some((id) => matchesGlob(pattern, id)))) return;
  const meant = closest(pattern, [...ids, ...categories]);
  throw new UsageError(
    `there is no rule ${pattern}${meant === undefined ? "; see kubectl dbops rules" : `; did you mean ${meant}?`}`,
  );
}

/** Which of the asked files --since, --staged and --changed let through: filters of the report; everything under the root stays context. @throws UsageError */
export function reportedFiles(args: Arguments, asked: ReadonlySet<string>, io: Io): ReadonlySet<string> {
  const what = changesOf(args);
  if (what === undefined) return asked;
  const repository = repositoryOf(io.cwd, existsSync);
  if (repository === undefined)
    throw new UsageError("--since, --staged and --changed need a git repository; there is none here");
  const changed = new Set(changedFiles(repository, what).map(toPosix));
  return new Set([...asked].filter((uri) => changed.has(uri)));
}

function changesOf(args: Arguments): Changes | undefined {
  if (args.has("since")) return { since: args.value("since") ?? "HEAD" };
  return args.has("staged") ? "staged" : args.has("changed") ? "changed" : undefined;
}
