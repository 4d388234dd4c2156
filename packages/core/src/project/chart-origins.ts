import type { Location, RelatedLocation } from "../rule/finding.ts";
import { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseDocuments, parseSingle } from "../yaml/parse.ts";
import { marksOf, withoutActions } from "./chart-marks.ts";
import type { Origin, RenderedOrigins } from "./rendered-origins.ts";

/** What a Chart.yaml says of its chart; undefined: it cannot be read. */
export function readChart(
  file: SourceFile,
): { readonly name: string | undefined; readonly isLibrary: boolean } | undefined {
  const { root } = parseSingle(file);
  return root && { name: root.text("name"), isLibrary: root.string("type") === "library" };
}

/** A Chart.yaml without some of its dependencies. */
export function chartWithout(text: string, dependencies: ReadonlySet<string>): string {
  const { root } = parseSingle(new SourceFile("Chart.yaml", text));
  const items = root?.at("dependencies")?.items() ?? [];
  const left = items.filter((item) => !dependencies.has(item.text("name") ?? ""));
  // JSON is YAML.
  return JSON.stringify({ ...(root?.value as object | undefined), dependencies: left.map(({ value }) => value) });
}

/** What Helm made of a chart, and what it was made of. */
export interface RenderedChart {
  readonly file: SourceFile;
  /** The same rendered from the copy with marks. */
  readonly marked: string;
  /** Templates by the numbers in the marks. */
  readonly templates: readonly SourceFile[];
  /** Chart.yaml. */
  readonly chart: SourceFile;
  /** The folder of the chart that was rendered, which those of its sub-charts lie in. */
  readonly folder: string;
  /** The files of values of the run, those that hold first. */
  readonly values: readonly SourceFile[];
  /** Values over those of the files, of the object that installs the chart. */
  readonly own: YamlNode | undefined;
}

/**
 * Maps a rendered chart back: to the line of the template, and to the values that this line reads. What came from a packed sub-chart is
 * its entry in Chart.yaml.
 */
export function readChartOrigins(rendered: RenderedChart): RenderedOrigins {
  const { file, marked, templates, chart, folder, values, own } = rendered;
  let marks: ReturnType<typeof marksOf> | undefined;
  const read = new Map<SourceFile, readonly ManifestDocument[]>();
  const roots = [...(own === undefined ? [] : [own]), ...values.flatMap((each) => parseSingle(each).root ?? [])];
  return {
    top: own?.file ?? values[0] ?? chart,
    made: "helm made this value",
    files: [chart, ...templates, ...values],
    values: [...values.map(({ uri }) => uri), ...(own === undefined ? [] : [own.file.uri])],
    documentsOf: (file) => {
      const known = read.get(file);
      if (known !== undefined) return known;
      const isTemplate = templates.some(({ uri }) => uri === file.uri);
      if (!isTemplate && ![chart, ...values].some(({ uri }) => uri === file.uri)) return undefined;
      const text = isTemplate ? new SourceFile(file.uri, withoutActions(file.text)) : file;
      const documents = parseDocuments(text, { skipPrefilter: true });
      read.set(file, documents);
      return documents;
    },
    originOf(location) {
      marks ??= marksOf(file.text, marked, ({ file: number, line }) => {
        const template = templates[number];
        return template?.slice(template.lineSpan(line));
      });
      const mark = marks[file.positionAt(location.span.start).line];
      const template = mark && templates[mark.file];
      if (mark === undefined || template === undefined) return packed(file, location, chart, templates);
      const line = template.lineSpan(mark.line);
      const word = file.slice(location.span).split("\n", 1)[0] ?? "";
      const span = mark.isOwn ? within(template, line, word) : content(template, line);
      const related = valuesReadIn(template.slice(line)).flatMap((path): readonly RelatedLocation[] => {
        const node = valueAt(subchartsIn(template.uri, folder), path, folder, roots);
        return node === undefined ? [] : [{ ...placeOf(node), message: `${path.join(".")} of the values` }];
      });
      return {
        file: template,
        location: { uri: template.uri, span, yamlPath: location.yamlPath },
        isWritten: true,
        related,
      };
    },
  };
}

/** `# Source: shop/charts/postgresql/templates/db.yaml`, of a document without marks. */
function packed(rendered: SourceFile, location: Location, chart: SourceFile, templates: readonly SourceFile[]): Origin {
  const begin = rendered.text.lastIndexOf("\n# Source: ", location.span.start);
  const source = begin < 0 ? "" : rendered.text.slice(begin + 11, rendered.text.indexOf("\n", begin + 1));
  const below = source.slice(source.indexOf("/"));
  const own = templates.find(({ uri }) => below !== "" && uri.endsWith(below));
  if (own !== undefined) {
    const at = { uri: own.uri, span: { start: 0, end: 0 }, yamlPath: location.yamlPath };
    return { file: own, location: at, isWritten: true };
  }
  const name = source.split("/charts/")[1]?.split("/")[0];
  const entry = parseSingle(chart)
    .root?.at("dependencies")
    ?.items()
    .find((item) => item.string("alias") === name || item.string("name") === name);
  const node = entry?.at("name");
  const span = node?.span ?? { start: 0, end: 0 };
  return {
    file: chart,
    location: { uri: chart.uri, span, yamlPath: node?.yamlPath ?? [] },
    isWritten: node !== undefined,
  };
}

/** The rendered word in the line of the template, or what the line writes in its place. */
function within(template: SourceFile, line: Span, word: string): Span {
  const text = template.slice(line);
  const at = word.trim() === "" ? -1 : text.indexOf(word);
  if (at >= 0) return { start: line.start + at, end: line.start + at + word.length };
  const value = /^\s*(?:- )?[\w./"'-]+:\s+/.exec(text)?.[0];
  const shown = content(template, line);
  return value === undefined || value.length >= text.length ? shown : { ...shown, start: line.start + value.length };
}

function content(template: SourceFile, line: Span): Span {
  const text = template.slice(line);
  const lead = text.length - text.trimStart().length;
  return { start: line.start + lead, end: line.start + text.trimEnd().length };
}

/** The values that a line of a template reads: `.Values.primary.persistence.enabled`. */
function valuesReadIn(line: string): readonly (readonly string[])[] {
  return [...line.matchAll(/\.Values((?:\.\w+)+)/g)].map(([, path = ""]) => path.slice(1).split("."));
}

/** The names of the sub-charts that a file of a chart lies in, the outermost first. */
function subchartsIn(uri: string, folder: string): readonly string[] {
  if (!uri.startsWith(`${folder}/`)) return [];
  const below = uri.slice(folder.length + 1).split("/");
  return below.flatMap((part, index) => (below[index - 1] === "charts" ? [part] : []));
}

/** Where a value is written: by the chart above for a sub-chart, else in its own values. */
function valueAt(
  subcharts: readonly string[],
  path: readonly string[],
  folder: string,
  roots: readonly YamlNode[],
): YamlNode | undefined {
  for (const root of roots) {
    const node = root.at(...subcharts.slice(subchartsIn(root.file.uri, folder).length), ...path);
    if (node !== undefined) return node;
  }
  return undefined;
}

function placeOf(node: YamlNode): Location {
  const span = node.kind === "scalar" && node.span.end > node.span.start ? node.span : node.keySpan;
  return { uri: node.file.uri, span, yamlPath: node.yamlPath };
}
