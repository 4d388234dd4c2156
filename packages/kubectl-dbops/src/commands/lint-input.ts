import { existsSync } from "node:fs";
import path from "node:path";
import {
  allRules,
  configNames,
  isSql,
  matchesGlob,
  type ProjectInput,
  type RenderedOrigins,
  SourceFile,
} from "@dbops/core";
import { decodeBytes } from "../files/decode.ts";
import { type Discovered, discover, reasonOf, toPosix } from "../files/discover.ts";
import { type Changes, changedFiles, repositoryOf } from "../files/git.ts";
import { renderKustomization } from "../files/kustomize.ts";
import { readNamedFile } from "../files/read-stream.ts";
import { type Io, UsageError } from "../io.ts";
import { loadSqlParser } from "../sql/load-sql-parser.ts";
import { renderCharts } from "./rendered-charts.ts";
import type { RuleRequest, SourceRequest } from "./request.ts";

/** What a run reads: files on disk, stdin, rendered kustomizations. */
export interface LintFiles extends Discovered {
  /** Where the rendered texts come from, by their uri. */
  readonly origins: ReadonlyMap<string, RenderedOrigins>;
  /** Whether what a rendered chart was made of is among some files; undefined: the uri is that of none. */
  isMadeOf(uri: string, files: ReadonlySet<string>): boolean | undefined;
  /** `uri number` of the documents whose releases of charts are among the rendered texts. */
  readonly readReleases: ReadonlySet<string>;
  /** Globs of files that were left out. */
  readonly exclude: readonly string[];
}

/** Reads what was asked for. What is wrong with single files is in `errors`, and the others are read. @throws UsageError */
export function readInput(request: SourceRequest, io: Io, changed?: ReadonlySet<string>): LintFiles {
  const { paths, readsStdin, stdinName: name, kustomizations, allowsRemote, exclude, readsIgnored } = request;
  const isDefault = paths.length === 0 && !readsStdin && kustomizations.length + request.charts.length === 0;
  // The text of a file that an editor holds: its folder is context.
  const folder = readsStdin && name !== undefined && paths.length === 0 ? path.dirname(name) : undefined;
  const context = folder !== undefined && existsSync(path.resolve(io.cwd, folder)) ? [folder] : [];
  const read = isDefault ? ["."] : paths.length > 0 ? paths : context;
  const found =
    read.length > 0
      ? discover({
          cwd: io.cwd,
          paths: read,
          readsIgnored,
          exclude,
          ...(changed === undefined ? {} : { scripts: new Set([...changed].filter(isSql)) }),
          onRead: (count) => io.progress(`reading: ${count} files`),
        })
      : {
          root: toPosix(io.cwd),
          files: [],
          configs: configsAbove(io),
          requested: new Set<string>(),
          errors: [],
          unmatched: [],
          skipped: [],
        };
  const files = [...found.files];
  const requested = new Set(context.length > 0 ? [] : found.requested);
  // What is wrong with its neighbors is not asked for.
  const errors = context.length > 0 ? [] : [...found.errors];
  const origins = new Map<string, RenderedOrigins>();
  if (readsStdin) {
    const { text, errors: wrong } = decodeStdin(io, name ?? "<stdin>");
    errors.push(...wrong);
    const uri = name === undefined ? "<stdin>" : toPosix(path.resolve(io.cwd, name));
    if (text !== undefined) {
      const existing = files.findIndex((file) => file.uri === uri);
      if (existing >= 0) files.splice(existing, 1);
      files.push(context.length > 0 ? new SourceFile(uri, text) : new SourceFile(uri, text, "stdin"));
      requested.add(uri);
    }
  }
  for (const folder of kustomizations) {
    io.progress(`kubectl kustomize ${folder}`);
    const rendered = renderKustomization(folder, allowsRemote, io);
    if (typeof rendered === "string") errors.push(rendered);
    else {
      files.push(rendered.file);
      requested.add(rendered.file.uri);
      origins.set(rendered.file.uri, rendered.origins);
    }
  }
  const asked = changed === undefined ? requested : new Set([...requested].filter((uri) => changed.has(uri)));
  const rendered = renderCharts(request, { files, requested: asked }, io);
  errors.push(...rendered.errors);
  for (const { file, origins: of } of rendered.charts) {
    requested.add(file.uri);
    origins.set(file.uri, of);
  }
  // On the command line a glob is about what the shell sees, in a configuration about what lies under its folder.
  const isExcluded = (uri: string): boolean =>
    exclude.some((glob) => matchesGlob(glob, toPosix(path.relative(io.cwd, uri))));
  const kept = [...files.filter((file) => !rendered.replaces(file)), ...rendered.charts.map(({ file }) => file)].filter(
    ({ uri }) => !isExcluded(uri),
  );
  const { isMadeOf, read: readReleases } = rendered;
  return { ...found, files: kept, requested, errors, origins, isMadeOf, readReleases, exclude };
}

/** The text on stdin, and what is wrong with it. */
export function decodeStdin(
  io: Io,
  name: string,
): { readonly text: string | undefined; readonly errors: readonly string[] } {
  const bytes = io.readStdin();
  const text = bytes === undefined ? undefined : decodeBytes(bytes);
  if (text === undefined)
    return { text, errors: [`${name}: ${bytes === undefined ? "too large to read" : "not a text file"}`] };
  // `helm template | dbops lint -` of a chart that fails must not pass.
  return { text, errors: text.trim() === "" ? ["nothing came from stdin; did the command before the pipe fail?"] : [] };
}

/** Without paths (stdin, -k) the configuration of the working directory and above holds. */
export function configsAbove(io: Io): readonly SourceFile[] {
  const top = repositoryOf(io.cwd, existsSync) ?? io.cwd;
  for (let folder = io.cwd; folder.startsWith(top); folder = path.dirname(folder)) {
    for (const name of configNames) {
      const file = path.join(folder, name);
      if (existsSync(file)) return [readNamedConfig(file, io)];
    }
    if (path.dirname(folder) === folder) break;
  }
  return [];
}

/** The project of a run: files, configuration and what the flags say over it. @throws UsageError */
export function projectInput(
  { select, ignore, preset, config, readsComments, view }: RuleRequest,
  found: Pick<LintFiles, "root" | "files" | "configs" | "exclude">,
  baseline: ProjectInput["baseline"],
  io: Io,
): ProjectInput {
  const named = config === "none" ? undefined : (config?.file ?? io.env.DBOPS_CONFIG);
  return {
    files: found.files,
    configs: found.configs,
    root: found.root,
    view,
    today: io.today,
    rules: allRules,
    sqlParser: loadSqlParser,
    ...(config === "none"
      ? { configOverride: "none" as const }
      : named === undefined || named === ""
        ? {}
        : { configOverride: readNamedConfig(named, io) }),
    ...(preset === undefined ? {} : { preset }),
    ...(select === undefined ? {} : { select }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(readsComments ? {} : { inlineConfig: "ignore" as const }),
    ...(baseline === undefined ? {} : { baseline }),
    exclude: found.exclude,
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

/** The files that --since, --staged and --changed let through; undefined: all. Everything under the root stays context. @throws UsageError */
export function changesIn(what: Changes | undefined, io: Io): ReadonlySet<string> | undefined {
  if (what === undefined) return undefined;
  const repository = repositoryOf(io.cwd, existsSync);
  if (repository === undefined)
    throw new UsageError("--since, --staged and --changed need a git repository; there is none here");
  return new Set(changedFiles(repository, what).map(toPosix));
}
