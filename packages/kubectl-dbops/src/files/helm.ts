import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type LocalRelease,
  lineWithoutSecrets,
  type RenderedOrigins,
  readChart,
  readChartOrigins,
  SourceFile,
} from "@dbops/core";
import type { Io } from "../io.ts";
import { ChartCopies, isWithin, realPathOf } from "./chart-copy.ts";
import { decodeBytes } from "./decode.ts";
import { toPosix } from "./discover.ts";
import { repositoryOf } from "./git.ts";

/** A chart rendered with one set of values. */
export interface RenderedChart {
  readonly file: SourceFile;
  readonly origins: RenderedOrigins;
  /** The chart, a folder or a file. */
  readonly folder: string;
  /** Uris of what it was rendered from beside the chart: the release, and values elsewhere. */
  readonly inputs: ReadonlySet<string>;
  /** Dependencies are missing: what they would add is not there. */
  readonly isPartial: boolean;
}

/** What a chart is rendered with, over its own values. */
interface ValueSet {
  /** What tells it from others: `-f values-prod.yaml`, `for HelmRelease orders in apps/orders.yaml`; empty: nothing is over them. */
  readonly shown: string;
  /** Files, those that hold last: where helm reads them, and their uris. */
  readonly files: readonly ValuesFile[];
  readonly release?: LocalRelease;
  /** A file of values that lies outside the repository: it is not read. */
  readonly outside?: string;
}

interface ValuesFile {
  readonly at: string;
  readonly uri: string;
}

/** What became of a chart. */
export interface Rendering {
  readonly charts: readonly RenderedChart[];
  /** One line for each set of values that could not be rendered, or for the chart. */
  readonly faults: readonly string[];
  /** Nothing could be rendered without dependencies that are not in its folder `charts`. */
  readonly lacksDependencies: boolean;
}

/** The newest Kubernetes whose API server the tests ask: helm itself believes in 1.20. */
const kubernetes = "1.36.3";
/** Milliseconds for one rendering. */
const patience = 60_000;
/** Sets of values that are found beside a chart, at most. */
const mostValues = 10;

export function isPackedChart(file: string): boolean {
  return /\.(?:tgz|tar\.gz)$/.test(file);
}

/** Whether a folder is a chart that can be rendered by itself: a library has nothing to render. */
export function isChart(folder: string): boolean {
  return chartIn(folder)?.isLibrary === false;
}

/**
 * Renders a chart, a folder or a packed one, with the user's `helm template`: with the given values; or as each release in view installs it;
 * or once with its own values and once with each set that lies beside them (`ci/*.yaml`, `values-*.yaml`). Dependencies that are not there
 * are left out. Helm sees copies: nothing is written into the chart, and no cluster and no repository is asked.
 */
export function renderChart(
  chart: string,
  values: readonly string[],
  releases: readonly LocalRelease[],
  io: Io,
): Rendering {
  const nothing = (fault: string): Rendering => ({ charts: [], faults: [fault], lacksDependencies: false });
  const target = path.resolve(io.cwd, chart);
  if (!existsSync(target)) return nothing(`${chart}: no such file or folder`);
  const temporary = realpathSync(mkdtempSync(path.join(tmpdir(), "dbops-helm-")));
  try {
    const folder = isPackedChart(target) ? unpacked(target, temporary) : target;
    if (folder === undefined || !existsSync(path.join(folder, "Chart.yaml")))
      return nothing(`${chart}: not a chart, it has no Chart.yaml`);
    const copies = new ChartCopies(folder, temporary);
    // Findings name what the user knows: the chart, not where it was copied.
    const uriOf = (below: string): string => toPosix(path.join(target, below));
    const inCopy = (file: string): ValuesFile => ({ at: file, uri: uriOf(path.relative(copies.plain, file)) });
    const own = path.join(temporary, "values.json");
    const { sets, left } = setsOf(copies.plain, inCopy, values, releases, io.cwd);
    const render = (set: ValueSet): RenderedChart => {
      if (set.outside !== undefined) throw new Error(`${set.outside} is outside the repository`);
      if (set.release?.values !== undefined) writeFileSync(own, JSON.stringify(set.release.values.value));
      const words = wordsOf(set, own);
      const file = new SourceFile(
        `${toPosix(target)} ${set.shown}`.trim(),
        helm(copies.plain, set.release?.name, words, io),
        "rendered",
      );
      const described = inCopy(path.join(copies.plain, "Chart.yaml"));
      return {
        file,
        folder: toPosix(target),
        inputs: new Set([
          ...set.files.map(({ uri }) => uri),
          ...(set.release === undefined ? [] : [set.release.file.uri]),
        ]),
        isPartial: copies.isPartial,
        origins: readChartOrigins({
          file,
          marked: renderMarked(copies, () => helm(copies.marked, set.release?.name, words, io)),
          templates: copies.templates.map((each) => new SourceFile(uriOf(each.path), each.text)),
          chart: sourcesOf([described])[0] ?? new SourceFile(described.uri, ""),
          folder: toPosix(target),
          own: set.release?.values,
          values: sourcesOf([...[...set.files].reverse(), ...valuesFilesIn(copies.plain).map(inCopy)]),
        }),
      };
    };
    const failed = (error: unknown, set: ValueSet): string => {
      const words = ["helm template", chart, set.shown].join(" ").trim();
      const files = sourcesOf([...set.files, ...valuesFilesIn(copies.plain).map(inCopy)]);
      const known = set.release === undefined ? files : [...files, set.release.file];
      return `${words} failed: ${lineWithoutSecrets(reasonOf(error, io.cwd, copies.plain, chart), known)}.`;
    };
    const charts: RenderedChart[] = [];
    const faults = new Set<string>();
    for (const set of sets)
      try {
        charts.push(render(set));
      } catch (error) {
        const missing = missingDependencies(error);
        if (copies.isPartial || missing.size === 0) faults.add(failed(error, set));
        else {
          copies.leaveOut(missing);
          const again = attempt(() => render(set));
          if (again === undefined) faults.add(failed(error, set));
          else charts.push(again);
        }
      }
    const isNothing = charts.length === 0;
    if (left > 0) faults.add(`${chart} has ${left} more files of values than are rendered; name yours with --values.`);
    return {
      charts,
      faults: isNothing ? [...faults].map((fault) => `${fault} Nothing was linted from it.`) : [...faults],
      lacksDependencies: copies.isPartial && isNothing,
    };
  } catch (error) {
    return nothing(
      `${chart} could not be read: ${reasonOf(error, io.cwd, temporary, chart)}. Nothing was linted from it.`,
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** "found in Chart.yaml, but missing in charts/ directory: common, postgresql" */
function missingDependencies(error: unknown): ReadonlySet<string> {
  const text = (error as { stderr?: string }).stderr ?? "";
  const lead = "missing in charts/ directory: ";
  const start = text.indexOf(lead);
  const names = start < 0 ? "" : (text.slice(start + lead.length).split("\n", 1)[0] ?? "");
  return new Set(
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  );
}

/** What a chart is rendered with, each by itself, and how many sets beside it are left out. */
function setsOf(
  folder: string,
  inCopy: (file: string) => ValuesFile,
  given: readonly string[],
  releases: readonly LocalRelease[],
  cwd: string,
): { readonly sets: readonly ValueSet[]; readonly left: number } {
  if (given.length > 0) {
    const files = given.map((file) => ({ at: path.resolve(cwd, file), uri: toPosix(path.resolve(cwd, file)) }));
    return { sets: [{ shown: given.map((file) => `-f ${file}`).join(" "), files }], left: 0 };
  }
  if (releases.length > 0) return { sets: releases.map((release) => setOf(release, cwd)), left: 0 };
  const beside = valuesBeside(folder);
  const alone = (file: string): ValueSet => ({ shown: `-f ${path.relative(folder, file)}`, files: [inCopy(file)] });
  return {
    sets: [{ shown: "", files: [] }, ...beside.slice(0, mostValues).map(alone)],
    left: Math.max(0, beside.length - mostValues),
  };
}

function setOf(release: LocalRelease, cwd: string): ValueSet {
  const { label, file, document, files, ignoresMissing } = release;
  const place = `${path.relative(cwd, file.uri)}${document === 1 ? "" : `, document ${document}`}`;
  const root = realPathOf(repositoryOf(path.dirname(file.uri), existsSync) ?? cwd) ?? cwd;
  const there = files.filter((name) => !(ignoresMissing && !existsSync(name)));
  // Who writes a release into a repository says which files are read: those of the repository, wherever their links lead.
  const outside = there.find((name) => !isWithin(realPathOf(name) ?? path.resolve(name), root));
  return {
    shown: `for ${label} in ${place}`,
    files: there.map((name) => ({ at: name, uri: name })),
    release,
    ...(outside === undefined ? {} : { outside: path.relative(cwd, outside) }),
  };
}

/** The words of `helm template` for values; `own` is the file with those of the release. */
function wordsOf({ files, release }: ValueSet, own: string): readonly string[] {
  return [
    ...(release?.namespace === undefined ? [] : ["--namespace", release.namespace]),
    ...[...files.map(({ at }) => at), ...(release?.values === undefined ? [] : [own])].flatMap((file) => [
      "--values",
      file,
    ]),
    ...(release?.parameters ?? []).flatMap(({ name, value, isText }) => [
      isText ? "--set-string" : "--set",
      `${name}=${value.replaceAll(",", "\\,")}`,
    ]),
  ];
}

/** A schema of values may name others by their URLs, and helm fetches them: no schema is looked at. */
const skipsSchemas = "--skip-schema-validation";

function helm(folder: string, name: string | undefined, words: readonly string[], io: Io): string {
  return execFileSync(
    "helm",
    [
      "template",
      name ?? releaseName(folder),
      folder,
      "--kube-version",
      kubernetes,
      "--skip-tests",
      skipsSchemas,
      ...words,
    ],
    {
      encoding: "utf8",
      env: { ...io.env },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
      timeout: patience,
    },
  );
}

/** A mark that breaks a template is taken away with the others of its file; what then fails still has no marks at all. */
function renderMarked(copies: ChartCopies, render: () => string): string {
  for (;;)
    try {
      return render();
    } catch (error) {
      // `YAML parse error on shop/templates/db.yaml`, `template: shop/templates/db.yaml:3:4`: the chart's name comes first.
      const { stderr = "" } = error as { readonly stderr?: string };
      const named = /(?:YAML parse error on|template:) ([^\s:]+)/.exec(stderr)?.[1] ?? "";
      if (!copies.unmark(path.normalize(named.slice(named.indexOf("/") + 1)))) return "";
    }
}

/** The release is called as the chart is: so are its objects. */
function releaseName(folder: string): string {
  const name = (chartIn(folder)?.name ?? "").toLowerCase().slice(0, 53);
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) ? name : "release";
}

function chartIn(folder: string): ReturnType<typeof readChart> {
  const [file] = sourcesOf([{ at: path.join(folder, "Chart.yaml"), uri: "Chart.yaml" }]);
  return file && readChart(file);
}

/** Sets of values that a chart brings with it: those its tests install it with, and those of environments. */
function valuesBeside(folder: string): readonly string[] {
  const named = (below: string, form: RegExp): readonly string[] => {
    const directory = path.join(folder, below);
    const names = attempt(() => readdirSync(directory)) ?? [];
    return names.filter((name) => form.test(name)).map((name) => path.join(directory, name));
  };
  return [...named("ci", /\.ya?ml$/), ...named(".", /^values[-.][\w.-]+\.ya?ml$/)];
}

/** The values.yaml of a chart and of its sub-charts, the outermost first. */
function valuesFilesIn(folder: string): readonly string[] {
  const own = path.join(folder, "values.yaml");
  const charts = path.join(folder, "charts");
  const below = attempt(() => readdirSync(charts, { withFileTypes: true })) ?? [];
  return [
    ...(existsSync(own) ? [own] : []),
    ...below.flatMap((entry) => (entry.isDirectory() ? valuesFilesIn(path.join(charts, entry.name)) : [])),
  ];
}

function sourcesOf(files: readonly ValuesFile[]): readonly SourceFile[] {
  return files.flatMap(({ at, uri }) => {
    const text = attempt(() => decodeBytes(readFileSync(at)));
    return text === undefined ? [] : [new SourceFile(uri, text)];
  });
}

function unpacked(file: string, temporary: string): string | undefined {
  const folder = path.join(temporary, "unpacked");
  mkdirSync(folder);
  try {
    execFileSync("tar", ["-xzf", file, "-C", folder], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw (error as { code?: string }).code === "ENOENT" ? new Error("tar is not installed") : error;
  }
  const [only] = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return only === undefined ? undefined : path.join(folder, only.name);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const helmMissing = "helm is not installed";

/** Whether helm is not there at all. */
export function isHelmMissing({ faults }: Rendering): boolean {
  return faults.some((fault) => fault.includes(helmMissing));
}

/** What helm says went wrong, on one line, in the names that the user knows. */
function reasonOf(error: unknown, cwd: string, copy: string, chart: string): string {
  const {
    stderr,
    code,
    signal,
    path: program,
  } = error as {
    readonly stderr?: string;
    readonly code?: string;
    readonly signal?: string;
    readonly path?: string;
  };
  if (code === "ENOENT" && program === "helm") return helmMissing;
  if (stderr?.includes(`unknown flag: ${skipsSchemas}`) === true) return "helm 3.16 or newer is needed";
  if (signal === "SIGTERM" || code === "ETIMEDOUT") return `it took longer than ${patience / 1000} s`;
  return (stderr === undefined || stderr.trim() === "" ? (error as Error).message : stderr)
    .replace(/^(?:WARNING|walk\.go).*$/gm, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^Error: /, "")
    .replace(/ Use --debug flag to render out invalid YAML$/, "")
    .replaceAll(`${copy}/`, `${chart}/`)
    .replaceAll(`${path.dirname(copy)}/`, "")
    .replaceAll(`${cwd}/`, "")
    .replace(/\.$/, "");
}
