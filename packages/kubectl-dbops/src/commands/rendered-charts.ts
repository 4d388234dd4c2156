import path from "node:path";
import {
  count,
  databaseWord,
  type LintResult,
  type LocalRelease,
  localReleases,
  printable,
  type SourceFile,
} from "@dbops/core";
import { toPosix } from "../files/discover.ts";
import { isChart, isHelmMissing, type RenderedChart, renderChart } from "../files/helm.ts";
import type { Io } from "../io.ts";

import type { SourceRequest } from "./request.ts";

/** Charts as helm renders them, in place of their templates. */
interface RenderedCharts {
  readonly charts: readonly RenderedChart[];
  /** Whether a file is in the rendered text, too. */
  replaces(file: SourceFile): boolean;
  /** Whether what a rendered text was made of is among some files; undefined: the uri is that of none. */
  isMadeOf(uri: string, files: ReadonlySet<string>): boolean | undefined;
  /** `uri number` of the documents whose releases were rendered. */
  readonly read: ReadonlySet<string>;
  /** Of charts that were named and could not be rendered. */
  readonly errors: readonly string[];
}

/**
 * Renders the charts that are named, and those of which a file is asked for, if there is a word of a database in them. What keeps one
 * of these from being rendered is a note: its templates are then not linted, as without helm.
 */
export function renderCharts(
  { charts: named, values, rendersCharts }: SourceRequest,
  { files, requested }: { readonly files: readonly SourceFile[]; readonly requested: ReadonlySet<string> },
  io: Io,
): RenderedCharts {
  const { folders, releases } = chartsAskedFor(files, requested);
  const releasesOf = (folder: string): readonly LocalRelease[] => releases.filter(({ chart }) => chart === folder);
  const charts: RenderedChart[] = [];
  const read = new Set<string>();
  const seen = new Set<string>();
  const errors: string[] = [];
  const notes: string[] = [];
  const lacking: string[] = [];
  for (const chart of named) {
    io.progress(`helm template ${chart}`);
    const folder = toPosix(path.resolve(io.cwd, chart));
    const rendering = renderChart(chart, values, [], io);
    charts.push(...rendering.charts);
    seen.add(folder);
    errors.push(...rendering.faults);
  }
  for (const folder of rendersCharts ? folders : []) {
    if (seen.has(folder)) continue;
    const chart = path.relative(io.cwd, folder) || ".";
    io.progress(`helm template ${chart}`);
    const installed = releasesOf(folder);
    const known = installed.filter(({ isOpen }) => !isOpen);
    // Installed with values that are not known: the chart's own say nothing of it.
    if (installed.length > 0 && known.length === 0 && values.length === 0) continue;
    const rendering = renderChart(chart, values, known, io);
    // Without helm there is nothing to try a second time.
    if (isHelmMissing(rendering)) break;
    charts.push(...rendering.charts);
    if (rendering.faults.length === 0 && values.length === 0)
      for (const { file, document } of known) read.add(`${file.uri} ${document}`);
    if (rendering.lacksDependencies) lacking.push(chart);
    else notes.push(...rendering.faults);
  }
  if (lacking.length > 0) notes.push(lackingText(lacking));
  for (const note of notes) io.err(`note: ${printable(note)}\n`);
  const byUri = new Map(charts.map((chart) => [chart.file.uri, chart]));
  return {
    charts,
    read,
    replaces: (file) => charts.some((chart) => isMadeInto(file, chart)),
    isMadeOf(uri, changed) {
      const chart = byUri.get(uri);
      if (chart === undefined) return undefined;
      return [...changed].some((each) => each.startsWith(`${chart.folder}/`) || chart.inputs.has(each));
    },
    errors,
  };
}

/** The result without what it says of releases that were rendered: the core does not know that they were. */
export function withReadReleases(
  result: LintResult,
  { readReleases }: { readonly readReleases: ReadonlySet<string> },
): LintResult {
  const notLinted = result.notLinted.filter(
    ({ reason, uri, document }) => reason !== "chart" || !readReleases.has(`${uri} ${document}`),
  );
  return { ...result, notLinted };
}

/** `4 charts were not rendered: … a, b, c and 1 more` */
function lackingText(charts: readonly string[]): string {
  const more = charts.length > shownCharts ? ` and ${charts.length - shownCharts} more` : "";
  const names = `${charts.slice(0, shownCharts).join(", ")}${more}`;
  return `${count(charts.length, "chart was", "charts were")} not rendered, because dependencies are not in charts/ (helm dependency build fetches them): ${names}.`;
}

/** Charts that are named before the rest are counted. */
const shownCharts = 3;

/**
 * Folders of charts with a word of a database of which a file is asked for, or a release that installs them, and these releases; a sub-chart
 * belongs to the chart above it.
 */
function chartsAskedFor(
  files: readonly SourceFile[],
  requested: ReadonlySet<string>,
): { readonly folders: readonly string[]; readonly releases: readonly LocalRelease[] } {
  const all = files
    .filter(({ uri }) => uri.endsWith("/Chart.yaml"))
    .map(({ uri }) => uri.slice(0, -"/Chart.yaml".length));
  const top = all.filter((folder) => !all.some((other) => folder.startsWith(`${other}/charts/`)));
  const releases = top.length === 0 ? [] : localReleases(files, new Set(top));
  const folders = top.filter((folder) => {
    const own = files.filter(({ uri }) => uri.startsWith(`${folder}/`));
    const isAsked =
      own.some(({ uri }) => requested.has(uri)) ||
      releases.some(
        (each) => each.chart === folder && [each.file.uri, ...each.files].some((uri) => requested.has(uri)),
      );
    return isAsked && own.some(({ text }) => databaseWord.test(text)) && isChart(folder);
  });
  return { folders, releases };
}

/** What a chart is rendered from: its templates, its sub-charts, and the list of these where all of them are there. */
function isMadeInto({ uri, origin }: SourceFile, { folder, isPartial }: RenderedChart): boolean {
  if (origin !== "file" || !uri.startsWith(`${folder}/`)) return false;
  const below = uri.slice(folder.length + 1);
  return (below === "Chart.yaml" && !isPartial) || below.startsWith("templates/") || below.startsWith("charts/");
}
