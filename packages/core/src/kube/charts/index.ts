import type { YamlNode } from "../../yaml/node.ts";
import { bitnamiPostgresql } from "./bitnami-postgresql.ts";
import { type Chart, majorOf, readRelease } from "./chart.ts";
import { cnpgCluster } from "./cnpg-cluster.ts";
import { type ChartRelease, releasesOf } from "./release.ts";

/** The charts whose values are read as the objects that they become. */
const charts: readonly Chart[] = [bitnamiPostgresql, cnpgCluster];

/** The kinds of objects that describe a release of a chart. */
export const releaseKinds: ReadonlySet<string> = new Set(["HelmRelease", "HelmChart", "Application"]);

/** The chart of a release, where its values are read. */
export function chartOf(release: ChartRelease): Chart | undefined {
  const { name, source, version, isPath } = release;
  if (isPath) return undefined;
  const found = charts.find(
    (chart) => chart.name === name && chart.isFrom(source ?? "") && (majorOf(version) ?? chart.oldest) >= chart.oldest,
  );
  return found?.reads?.(readRelease(release, found).values) === false ? undefined : found;
}

/** What an object becomes in the cluster by the charts that it names: each is made of its values, at their places. */
export function objectsOfReleases(
  kind: string,
  node: YamlNode,
): readonly { readonly node: YamlNode; readonly isChanged: boolean }[] {
  return releasesOf(kind, node).flatMap((release) => {
    const chart = chartOf(release);
    if (chart === undefined) return [];
    return chart.objectsOf(readRelease(release, chart)).map((made) => ({ node: made, isChanged: release.isChanged }));
  });
}
