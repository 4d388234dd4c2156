import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { chartWithout, markedTemplate } from "@dbops/core";
import ignore from "ignore";
import { decodeBytes } from "./decode.ts";
import { repositoryOf } from "./git.ts";

/** What helm refuses to read of a chart. https://github.com/helm/helm/blob/main/pkg/chart/loader/archive/archive.go */
const largestChartFile = 5 * 1024 * 1024;

/**
 * A chart in two copies that helm renders, one of them with marks in its templates. What is written is written into the copies, which hold
 * regular files only: a link of the chart leads nowhere but to what it names, and where that is outside the repository, to nothing.
 */
export class ChartCopies {
  readonly plain: string;
  readonly marked: string;
  /** What was marked, by the numbers in the marks: its path in the chart, and its text. */
  readonly templates: readonly { readonly path: string; readonly text: string }[];
  #isPartial = false;

  /** @param folder of the chart; `temporary`: a folder of our own, for the copies */
  constructor(folder: string, temporary: string) {
    this.plain = path.join(temporary, "plain");
    this.marked = path.join(temporary, "marked");
    for (const copy of [this.plain, this.marked]) copyChart(folder, copy);
    this.templates = markTemplates(this.marked);
  }

  /** Dependencies that are missing were left out. */
  get isPartial(): boolean {
    return this.#isPartial;
  }

  leaveOut(dependencies: ReadonlySet<string>): void {
    this.#isPartial = true;
    for (const copy of [this.plain, this.marked]) {
      const file = path.join(copy, "Chart.yaml");
      writeFileSync(file, chartWithout(readFileSync(file, "utf8"), dependencies));
    }
  }

  /** Takes the marks out of a template again; false: there is none of that path, or it has none any more. */
  unmark(template: string): boolean {
    const found = this.templates.find((each) => each.path === template);
    const file = path.join(this.marked, template);
    if (found === undefined || readFileSync(file, "utf8") === found.text) return false;
    writeFileSync(file, found.text);
    return true;
  }
}

/** Copies what helm would read of a chart: not what .helmignore lists. */
function copyChart(folder: string, to: string): void {
  const top = realpathSync(folder);
  const root = realpathSync(repositoryOf(top, existsSync) ?? top);
  const ignored = ignore();
  const list = path.join(top, ".helmignore");
  if (existsSync(list)) ignored.add(readFileSync(list, "utf8"));
  const copy = (from: string, below: string, above: ReadonlySet<string>): void => {
    mkdirSync(path.join(to, below), { recursive: true });
    for (const name of readdirSync(from)) {
      const relative = path.join(below, name);
      const real = realPathOf(path.join(from, name));
      if (real === undefined || !isWithin(real, root) || name === ".git" || name === "node_modules") continue;
      const found = statSync(real);
      const isFolder = found.isDirectory();
      if (ignored.ignores(relative.split(path.sep).join("/") + (isFolder ? "/" : "")) || above.has(real)) continue;
      if (isFolder) copy(real, relative, new Set([...above, real]));
      else if (found.isFile() && found.size <= largestChartFile) copyFileSync(real, path.join(to, relative));
    }
  };
  copy(top, "", new Set([top]));
}

export function realPathOf(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined; // a link to nothing
  }
}

export function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}${path.sep}`);
}

function markTemplates(copy: string): ChartCopies["templates"] {
  const templates: ChartCopies["templates"][number][] = [];
  for (const file of filesBelow(copy)) {
    if (!file.includes(`${path.sep}templates${path.sep}`) || !/\.ya?ml$/.test(file)) continue;
    const text = decodeBytes(readFileSync(file));
    if (text === undefined) continue;
    writeFileSync(file, markedTemplate(text, templates.length));
    templates.push({ path: path.relative(copy, file), text });
  }
  return templates;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}
