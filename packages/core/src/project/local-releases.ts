import { type ChartRelease, type Parameter, releasesOf } from "../kube/charts/release.ts";
import { mergedLayers } from "../kube/charts/values.ts";
import { repositoryPath } from "../kube/repository-path.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseDocuments } from "../yaml/parse.ts";
import { folderOf, joinPath } from "./paths.ts";

/** An object that installs a chart which lies in the repository, with all that decides what the chart makes. */
export interface LocalRelease {
  /** The folder of the chart. */
  readonly chart: string;
  /** `HelmRelease orders` */
  readonly label: string;
  /** What the release is called. */
  readonly name: string;
  readonly namespace: string | undefined;
  /** Files of values, those that hold last. */
  readonly files: readonly string[];
  readonly ignoresMissing: boolean;
  /** Values of its own, over those of the files. */
  readonly values: YamlNode | undefined;
  /** Single values over all others: `--set`. */
  readonly parameters: readonly Parameter[];
  /** Its values are partly elsewhere, or filled in later: what it makes is not known. */
  readonly isOpen: boolean;
  readonly file: SourceFile;
  /** Of its document in the file, from 1. */
  readonly document: number;
}

/**
 * The releases of charts in view that Flux (HelmRelease) and Argo CD (Application) make. Paths count from the nearest folder above that has
 * a chart there.
 */
export function localReleases(files: readonly SourceFile[], charts: ReadonlySet<string>): readonly LocalRelease[] {
  return files
    .filter(({ text }) => text.includes("helm.toolkit.fluxcd.io/") || text.includes("argoproj.io/"))
    .flatMap((file) =>
      parseDocuments(file).flatMap(({ root, index }) => {
        const kind = root?.string("kind") ?? "";
        return (root === undefined ? [] : releasesOf(kind, root)).flatMap((release) => {
          const found = local(release, kind, charts);
          const label = `${kind} ${root?.text("metadata", "name")}`;
          return found === undefined ? [] : [{ ...found, label, file, document: index + 1 }];
        });
      }),
    );
}

function local(
  release: ChartRelease,
  kind: string,
  charts: ReadonlySet<string>,
): Omit<LocalRelease, "label" | "file" | "document"> | undefined {
  const top = topOf(release.chart, charts);
  if (top === undefined) return undefined;
  const { parameters, files, ignoresMissing, namespace, release: name } = release;
  const values = mergedLayers(release.layers);
  // Flux and Argo CD fill in `${…}`; `{{ }}` is the chart's own. `$values/…` is a file of another source.
  const written = JSON.stringify([name, namespace, values?.value, parameters.map(({ value }) => value), files]);
  const isOpen = release.hidden.length > 0 || release.isChanged || written.includes("$") || !isReleaseName(name);
  // Argo CD reads them from the chart on, Flux from the root of the repository.
  const base = kind === "Application" ? top.chart : top.root;
  const uris = files.map((file) => joinPath(file.startsWith("/") ? top.root : base, file));
  return { chart: top.chart, name, namespace, files: uris, ignoresMissing, values, parameters, isOpen };
}

/** Helm refuses other names. https://github.com/helm/helm/blob/main/pkg/chart/v2/util/validate_name.go */
function isReleaseName(name: string): boolean {
  return name.length <= 53 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** The chart at a path, and the folder that the path counts from. */
function topOf(
  named: YamlNode,
  charts: ReadonlySet<string>,
): { readonly root: string; readonly chart: string } | undefined {
  const path = repositoryPath(named.string());
  if (path === undefined) return undefined;
  for (let root = folderOf(named.file.uri); root !== ""; root = folderOf(root)) {
    const chart = joinPath(root, path);
    if (charts.has(chart)) return { root, chart };
  }
  return undefined;
}
