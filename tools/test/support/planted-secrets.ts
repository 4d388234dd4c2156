import {
  allRules,
  connectionBudgets,
  createProject,
  databaseBackups,
  fixAll,
  hintsIn,
  hoverAt,
  lint,
  overviewOf,
  SourceFile,
} from "@dbops/core";
import { unifiedDiff } from "../../../packages/kubectl-dbops/src/reporters/diff.ts";
import { reporters } from "../../../packages/kubectl-dbops/src/reporters/index.ts";
import { poolReporters } from "../../../packages/kubectl-dbops/src/reporters/pool.ts";

/** Every planted secret holds this, in each part that a blank, comma or quote could make of it. */
export const mark = "Zq7Xk";

export type Files = Readonly<Record<string, string>>;

/** Numbers that are the same in each run. https://github.com/cprosche/mulberry32 */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

/** Puts secrets where passwords stand in any manifest; this list is its own, so that it does not trust what it tests. */
export function planted(text: string): string {
  let count = 0;
  const secret = (): string => `${mark}${++count}`;
  return text
    .replace(/(:\/\/[^\s:@/'"]{1,40}:)[^\s@'"$]{1,80}(?=@)/g, (_, head) => head + secret())
    .replace(
      /(^[ \t]*(?:- )?(?:\w{0,40}[pP]assword|requirepass|masterauth):[ \t]+)[\w-]{1,60}(?=[ \t]*(?:#.*)?$)/gm,
      (_, head) => head + secret(),
    )
    .replace(/\b((?:PG|MYSQL_)?(?:PASSWORD|PWD|password)=)[\w-]{1,60}/g, (_, head) => head + secret())
    .replace(
      /(name: (?!\w*(?:RANDOM|ALLOW))\w{0,40}PASSWORD,? *\n? *value: ["']?)[\w-]{1,60}/g,
      (_, head) => head + secret(),
    )
    .replace(/(\bmysql\w{0,10} [^\n]{0,80}? -p)(?=[\w"'$-])["']?[\w$-]{1,60}["']?/g, (_, head) => head + secret())
    .replace(/(^[ \t]*"\w{1,40}" ")[^"\n]{1,80}(?="$)/gm, (_, head) => head + secret())
    .replace(
      /^(stringData:\n)((?:[ \t]+[^\n]*\n)+)/gm,
      (_, head, body: string) => head + body.replace(/(^[ \t]+[\w.-]+: )[\w-]+$/gm, (_line, key) => key + secret()),
    );
}

/** A text with one fault, of those that editors, merges and templates make. A line with a secret keeps the line that names it. */
export function broken(text: string, random: (below: number) => number): string {
  const lines = text.split("\n");
  const marked = lines.flatMap((line, index) => (line.includes(mark) ? [index] : []));
  const near = marked.length === 0 ? random(lines.length) : (marked[random(marked.length)] ?? 0) + random(3) - 1;
  const index = Math.max(0, Math.min(lines.length - 1, near));
  const line = lines[index] ?? "";
  const names = lines[index + 1]?.includes(mark) === true;
  const change = (to: string): string => [...lines.slice(0, index), to, ...lines.slice(index + 1)].join("\n");
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  const kinds: readonly (() => string)[] = [
    () => text.slice(0, text.indexOf(line) + random(line.length + 1)),
    () => change(` ${line}`),
    () => change(line.replace(/^ {1,2}/, "")),
    () => change(`\t${line.trimStart()}`),
    () => change(`${indent}\t${line.trimStart()}`),
    () =>
      names || line.includes(mark)
        ? `${text}\n  - [`
        : [...lines.slice(0, index), ...lines.slice(index + 1)].join("\n"),
    () => change(line.replace(/["']/, "")),
    () => change(line.replace(/["'](?=[^"']*$)/, "")),
    () => change(line.replace(/: /, ": *")),
    () => change(line.replace(/: /, ": !!int ")),
    () => change(line.replace(/: /, ": &a *")),
    () => change(line.replace(/: /, ": {")),
    () => change(line.replace(/: /, ": [")),
    () => change(line.replace(/: /, ': "')),
    () => change(line.replace(/: /, ": @")),
    () => change(line.replace(/: /, " ")),
    () => change(line.replace(/: /, ":")),
    () => change(line.replace(/: /, ": x: ")),
    () => change(`${line}\n${line}`),
    () => change(`${line} }`),
    () => `${text}\n]`,
    () => `{${text}`,
    () => text.replaceAll("\n", "\r"),
    () => text.replaceAll("\n", "\r\n").replace(/: /, ":\t"),
  ];
  return kinds[random(kinds.length)]?.() ?? text;
}

/** Everything that dbops says about files, in every format. */
export function* saidAbout(files: Files): Generator<readonly [string, string]> {
  const sources = Object.entries(files).map(([name, text]) => new SourceFile(`/shop/${name}`, text));
  const input = {
    files: sources.filter(({ uri }) => !uri.endsWith(".dbops.yaml")),
    configs: [
      ...sources.filter(({ uri }) => uri.endsWith(".dbops.yaml")),
      new SourceFile("/.dbops.yaml", "extends: all\n"),
    ],
    root: "/shop",
    view: "folder",
    today: "2026-11-24",
    preset: "all",
    rules: allRules,
  } as const;
  const project = createProject(input);
  const requested = new Set(input.files.map(({ uri }) => uri));
  const result = lint({ project, requested });
  const context = {
    color: false,
    width: 4000,
    version: "1.0.0",
    relative: (uri: string) => uri.slice(1),
    remedyOf: () => "Do it.",
    linkOf: () => undefined,
  };
  for (const [format, reporter] of Object.entries(reporters)) yield [format, reporter(result, context)];
  for (const { uri, text } of sources) {
    let shown = "";
    let at = 0;
    for (const { start, end } of result.concealment.spansIn(uri)) {
      shown += `${text.slice(at, start)}…`;
      at = end;
    }
    yield ["a frame of any line", shown + text.slice(at)];
  }
  const budgets = connectionBudgets(project, requested);
  for (const [format, reporter] of Object.entries(poolReporters))
    yield [`pool ${format}`, reporter(budgets, { ...context, databases: 1, files: 1 })];
  yield [
    "backups",
    JSON.stringify(databaseBackups(result, undefined, {}), (key, value) => (key === "at" ? "" : value)),
  ];
  yield ["overview", JSON.stringify(overviewOf(result), (key, value) => (key === "findings" ? [] : value))];
  yield [
    "findings",
    JSON.stringify(result.findings.map(({ fixes, ...finding }) => [finding, fixes.map(({ edits, ...fix }) => fix)])),
  ];
  for (const { uri, text } of input.files)
    for (let at = text.search(/[:=] /); at >= 0 && at < text.length; at += 97)
      yield ["hover", hoverAt(result, uri, at, "2026-11-24T00:00:00Z")?.markdown ?? ""];
  for (const { uri, text } of input.files)
    yield ["hints", JSON.stringify(hintsIn(result, uri, { start: 0, end: text.length }, "2026-11-24T00:00:00Z"))];
  for (const after of fixAll({ project, requested }, "unsafe", { rounds: 2 }).files) {
    const before = input.files.find(({ uri }) => uri === after.uri) ?? after;
    yield ["--diff", unifiedDiff(before, after, "a", result.concealment.spansIn(after.uri)).text];
  }
}
