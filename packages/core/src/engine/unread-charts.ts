import { nameOf } from "../domain/model/names.ts";
import { isDatabaseChart } from "../facts/database-charts.ts";
import { chartOf } from "../kube/charts/index.ts";
import { releasesOf } from "../kube/charts/release.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Resource } from "../kube/resource.ts";
import { isKustomizationFile } from "../project/kustomization.ts";
import { groupBy } from "../text/group-by.ts";
import { fileName } from "../text/scan.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseSingle } from "../yaml/parse.ts";
import type { NotLinted } from "./result.ts";

/** Releases of database charts that an object describes: what they make is decided by the chart and its values, which nobody rendered. */
export function chartsOf(resource: Resource): readonly NotLinted[] {
  const { kind, document } = resource;
  return releasesOf(kind, resource.node).flatMap((release) =>
    release.isPath || chartOf(release) !== undefined
      ? []
      : notRead(release.chart, release.source, {
          what: `${nameOf(resource)} of`,
          one: `${kind} of`,
          many: `${kind}s of`,
          uri: document.file.uri,
          document: document.index + 1,
        }),
  );
}

/** The same of a kustomization (`helmCharts`) and of a chart's dependencies. */
export function chartsIn(file: SourceFile): readonly NotLinted[] {
  const isKustomization = isKustomizationFile(file.uri);
  if (!isKustomization && !/(^|\/)(Chart|requirements)\.ya?ml$/.test(file.uri)) return [];
  // Most name no chart: an editor asks at each keystroke.
  if (!file.text.includes(isKustomization ? "helmChart" : "dependencies")) return [];
  const { root } = parseSingle(file);
  const listed = (field: string, name: string, one: string, many: string): readonly NotLinted[] =>
    (root?.at(field)?.items() ?? []).flatMap((item) =>
      notRead(item.at(name), item.string("repo") ?? item.string("repository"), {
        what: `a ${one}`,
        one,
        many,
        uri: file.uri,
        document: 1,
      }),
    );
  return isKustomization
    ? [
        ...listed("helmCharts", "name", "helmCharts entry for", "helmCharts entries for"),
        ...listed("helmChartInflationGenerator", "chartName", "helmCharts entry for", "helmCharts entries for"),
      ]
    : listed("dependencies", "name", "dependency on", "dependencies on");
}

/** A file that depends on a chart of a database less often than in the old text. */
export interface LostChart {
  /** Of the old text. */
  readonly uri: string;
  /** `dependency on chart cluster` */
  readonly what: string;
}

/** Dependencies on charts of databases that the new text has lost, wherever it might have moved them. `below`: a path from the root of its text. */
export function lostCharts(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
  below: (uri: string) => string,
): readonly LostChart[] {
  const [old, young] = [before, after].map((files) =>
    groupBy(files.flatMap(chartsIn), ({ chart }) => (chart === undefined ? [] : [chart.one])),
  );
  return [...(old ?? [])].flatMap(([what, entries]): readonly LostChart[] => {
    const left = young?.get(what) ?? [];
    if (left.length >= entries.length) return [];
    const files = new Map(entries.map(({ uri }) => [below(uri), uri]));
    const timesIn = (all: readonly NotLinted[], file: string): number =>
      all.filter(({ uri }) => below(uri) === file).length;
    return [...files].flatMap(([file, uri]) => (timesIn(left, file) < timesIn(entries, file) ? [{ uri, what }] : []));
  });
}

interface Release {
  /** `HelmRelease shop/db of`, followed by the chart. */
  readonly what: string;
  readonly one: string;
  readonly many: string;
  readonly uri: string;
  /** Counts from 1. */
  readonly document: number;
}

function notRead(
  chart: YamlNode | undefined,
  source: string | undefined,
  { what, one, many, uri, document }: Release,
): readonly NotLinted[] {
  const text = chart?.string();
  if (chart === undefined || text === undefined || hasPlaceholder(text)) return [];
  // `oci://registry.example/charts/postgresql` and `bitnami/postgresql` end in the chart's name.
  const name = fileName(text);
  if (!isDatabaseChart(name, source ?? text)) return [];
  return [
    {
      uri,
      document,
      span: { start: chart.span.start, end: chart.span.start },
      reason: "chart",
      message: `has ${what} chart ${name}, which was not read: its values decide`,
      chart: { one: `${one} chart ${name}`, many: `${many} chart ${name}` },
    },
  ];
}
