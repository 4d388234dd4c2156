import { fileName } from "../../text/scan.ts";
import { SourceFile } from "../../text/source-file.ts";
import { nodeInString } from "../../yaml/made-node.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { parseSingle } from "../../yaml/parse.ts";
import { hasPlaceholder } from "../placeholder.ts";
import { nodeOf, type Shape, unknownText } from "./shape.ts";

/** A release of a chart that an object describes. */
export interface ChartRelease {
  /** Where the chart is named, or the folder in the repository that may be one. */
  readonly chart: YamlNode;
  /** `chart` is the path of a folder, which may hold other than a chart. */
  readonly isPath: boolean;
  /** `postgresql` of `oci://registry.example/charts/postgresql`; undefined: filled in later. */
  readonly name: string | undefined;
  /** Where the chart comes from: the address or the name of a repository. */
  readonly source: string | undefined;
  readonly version: YamlNode | undefined;
  /** The release's own name, with its placeholders. */
  readonly release: string;
  readonly namespace: string | undefined;
  /** What is written of its values, the strongest first. */
  readonly layers: readonly YamlNode[];
  /** Files of values below these layers, as they are named; those that hold last. */
  readonly files: readonly string[];
  /** Such a file may be missing. */
  readonly ignoresMissing: boolean;
  /** Single values over all layers, as `helm --set` takes them. */
  readonly parameters: readonly Parameter[];
  /** Paths that values which are not in view may set, beside the files. */
  readonly hidden: "all" | readonly string[];
  /** What the chart makes is changed afterwards in a way that is not read here. */
  readonly isChanged: boolean;
}

/** A value by its path: `primary.persistence.enabled`. */
export interface Parameter {
  readonly name: string;
  readonly node: YamlNode;
  readonly value: string;
  /** It is a text, whatever it looks like. */
  readonly isText: boolean;
}

/** What is written of the values of a release, the strongest first, single values among it. */
export function layersOf({ parameters, layers, chart }: ChartRelease): readonly YamlNode[] {
  return parameters.length === 0 ? layers : [pathsAsMap(parameters, chart), ...layers];
}

/** The releases that a HelmRelease of Flux, a HelmChart of k3s or an Application of Argo CD describes. */
export function releasesOf(kind: string, node: YamlNode): readonly ChartRelease[] {
  if (kind === "HelmRelease") return ofFlux(node);
  if (kind === "HelmChart") return ofK3s(node);
  return kind === "Application" ? ofArgo(node) : [];
}

/** https://fluxcd.io/flux/components/helm/helmreleases/ */
function ofFlux(node: YamlNode): readonly ChartRelease[] {
  const spec = node.at("spec");
  const described = spec?.at("chart", "spec") ?? spec?.at("chart");
  const chart = described?.at("chart") ?? described?.at("name");
  if (spec === undefined || chart === undefined) return [];
  const name = node.text("metadata", "name") ?? "";
  const target = spec.text("targetNamespace");
  const from = spec.at("valuesFrom")?.items() ?? [];
  // A reference with a target path sets that path; one without may set all that `values` do not.
  const paths = from.map((each) => each.text("targetPath"));
  const file = described?.text("valuesFile");
  return [
    {
      chart,
      isPath: false,
      name: chartName(chart),
      source: described?.text("sourceRef", "name") ?? described?.text("repository") ?? chart.text(),
      version: described?.at("version"),
      release: spec.text("releaseName") ?? (target === undefined ? name : `${target}-${name}`),
      namespace: target ?? node.text("metadata", "namespace"),
      layers: present(spec.at("values")),
      files: [...(file === undefined ? [] : [file]), ...texts(described?.at("valuesFiles"))],
      ignoresMissing: described?.boolean("ignoreMissingValuesFiles") === true,
      parameters: [],
      hidden: hiddenPaths(paths),
      isChanged: spec.at("postRenderers") !== undefined,
    },
  ];
}

/** https://docs.k3s.io/helm */
function ofK3s(node: YamlNode): readonly ChartRelease[] {
  const spec = node.at("spec");
  const chart = spec?.at("chart");
  if (spec === undefined || chart === undefined) return [];
  const content = spec.at("valuesContent");
  return [
    {
      chart,
      isPath: false,
      name: chartName(chart),
      source: spec.text("repo") ?? chart.text(),
      version: spec.at("version"),
      release: node.text("metadata", "name") ?? "",
      namespace: spec.text("targetNamespace") ?? node.text("metadata", "namespace"),
      layers: inString(content),
      files: [],
      ignoresMissing: false,
      parameters: (spec.at("set")?.entries() ?? []).flatMap(([name, value]) => parameter(name, value, false)),
      hidden: spec.at("valuesSecrets") === undefined && isReadable(content) ? [] : "all",
      isChanged: false,
    },
  ];
}

/** https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ */
function ofArgo(node: YamlNode): readonly ChartRelease[] {
  const sources = [node.at("spec", "source"), ...(node.at("spec", "sources")?.items() ?? [])];
  return sources.flatMap((source): readonly ChartRelease[] => {
    const named = source?.at("chart");
    const chart = named ?? source?.at("path");
    if (source === undefined || chart === undefined) return [];
    const helm = source.at("helm");
    const parameters = (helm?.at("parameters")?.items() ?? []).flatMap((each) =>
      parameter(each.text("name"), each.at("value"), each.boolean("forceString") === true),
    );
    // The object replaces the text: https://github.com/argoproj/argo-cd/blob/v3.1.0/pkg/apis/application/v1alpha1/values.go
    const object = helm?.at("valuesObject");
    return [
      {
        chart,
        isPath: named === undefined,
        name: chartName(chart),
        source: source.text("repoURL"),
        version: source.at("targetRevision"),
        release: helm?.text("releaseName") ?? node.text("metadata", "name") ?? "",
        namespace: node.text("spec", "destination", "namespace"),
        layers: object === undefined ? inString(helm?.at("values")) : [object],
        files: texts(helm?.at("valueFiles")),
        ignoresMissing: helm?.boolean("ignoreMissingValueFiles") === true,
        parameters,
        hidden:
          object === undefined && !isReadable(helm?.at("values"))
            ? "all"
            : hiddenPaths((helm?.at("fileParameters")?.items() ?? []).map((each) => each.text("name"))),
        isChanged: false,
      },
    ];
  });
}

function chartName(chart: YamlNode): string | undefined {
  const text = chart.text();
  return text === undefined || hasPlaceholder(text) ? undefined : fileName(text);
}

function texts(list: YamlNode | undefined): readonly string[] {
  return (list?.items() ?? []).map((item) => item.text() ?? "");
}

function present(node: YamlNode | undefined): readonly YamlNode[] {
  return node === undefined || node.kind !== "map" ? [] : [node];
}

function hiddenPaths(paths: readonly (string | undefined)[]): "all" | readonly string[] {
  const plain = paths.map((path) => (path === undefined ? undefined : plainPath(path).path.join(".")));
  return plain.includes(undefined) ? "all" : plain.flatMap((path) => path ?? []);
}

/** The values that a string holds. */
function inString(holder: YamlNode | undefined): readonly YamlNode[] {
  const root = parsed(holder);
  return holder === undefined || root === undefined ? [] : present(nodeInString(root, holder));
}

function isReadable(holder: YamlNode | undefined): boolean {
  return holder === undefined || (holder.text() ?? "").trim() === "" || parsed(holder)?.kind === "map";
}

function parsed(holder: YamlNode | undefined): YamlNode | undefined {
  const text = holder?.string();
  if (holder === undefined || text === undefined) return undefined;
  const { root, state } = parseSingle(new SourceFile(`${holder.file.uri}#values`, text));
  return state === "whole" ? root : undefined;
}

/** `primary.persistence.enabled`, as `--set` writes it; what is below a list is not told apart. */
function plainPath(path: string): { readonly path: readonly string[]; readonly isWhole: boolean } {
  const end = path.search(/[[\\{,]/);
  const plain = (end < 0 ? path : path.slice(0, end)).split(".").filter((key) => key !== "");
  return { path: end >= 0 && path[end] === "\\" ? plain.slice(0, -1) : plain, isWhole: end < 0 };
}

function parameter(name: string | undefined, node: YamlNode | undefined, isText: boolean): readonly Parameter[] {
  const value = node?.text();
  return name === undefined || node === undefined || value === undefined ? [] : [{ name, node, value, isText }];
}

function pathsAsMap(parameters: readonly Parameter[], place: YamlNode): YamlNode {
  const root: { [key: string]: Shape } = Object.create(null);
  for (const each of parameters) {
    const { path, isWhole } = plainPath(each.name);
    let map = root;
    path.forEach((key, index) => {
      if (index === path.length - 1) {
        map[key] = isWhole ? asSet(each) : unknownText;
        return;
      }
      const next = map[key];
      const inner: { [key: string]: Shape } = Object.create(null);
      if (typeof next !== "object" || "span" in next) map[key] = inner;
      map = map[key] as { [key: string]: Shape };
    });
  }
  return nodeOf(root, place);
}

/** `--set` takes the text `false` for a truth value, and digits for a number, but not `016`. https://github.com/helm/helm/blob/main/pkg/strvals */
function asSet({ node, value, isText }: Parameter): YamlNode {
  if (isText) return nodeOf(value, node);
  if (value === "true" || value === "false") return nodeOf(value === "true", node);
  return /^-?(?:0|[1-9]\d{0,14})$/.test(value) ? nodeOf(Number(value), node) : nodeOf(value, node);
}
