import type { YamlNode } from "../../yaml/node.ts";
import { type ChartRelease, layersOf } from "./release.ts";
import { ChartValues } from "./values.ts";

/** A chart whose values are read: what it makes of them. */
export interface Chart {
  readonly name: string;
  /** Whether a chart of this name from there is this one: others use the same names. */
  isFrom(source: string): boolean;
  /** The oldest major version whose values are read this way. */
  readonly oldest: number;
  /** Whether the values use only what is read; without it they always do. */
  reads?(values: ChartValues): boolean;
  objectsOf(release: ReadRelease): readonly YamlNode[];
}

/** A release with its values. */
export interface ReadRelease {
  readonly values: ChartValues;
  /** The release's name, with its placeholders. */
  readonly release: string;
  readonly namespace: string | undefined;
  readonly chart: string;
  /** The chart's major version; undefined: not known, and so the newest. */
  readonly major: number | undefined;
  /** Where what the version decides is. */
  readonly versionAt: YamlNode;
}

/** `16` of `16.4.1`, `~16.4` or `16.x.x`; undefined where a range is open or filled in later. */
export function majorOf(version: YamlNode | undefined): number | undefined {
  const digits = /^[~^=v]?(\d{1,4})(?:\.[\dx*]+){0,2}$/.exec(version?.text()?.trim() ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function readRelease(release: ChartRelease, chart: Chart): ReadRelease {
  return {
    values: new ChartValues(release.chart, layersOf(release), release.files.length > 0 ? "all" : release.hidden),
    release: release.release,
    namespace: release.namespace,
    chart: chart.name,
    major: majorOf(release.version),
    versionAt: release.version ?? release.chart,
  };
}
