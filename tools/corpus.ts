// pnpm corpus ARCHIVE|FOLDER [LABELS] [--findings FILE]: lints each repository of a set as its own root and scores the labels.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  allRules,
  createProject,
  type Finding,
  type LintResult,
  lint,
  type PresetName,
  type SourceFile,
  soundFixes,
} from "@dbops/core";
import { discover } from "../packages/kubectl-dbops/src/files/discover.ts";
import { loadSqlParser } from "../packages/kubectl-dbops/src/sql/load-sql-parser.ts";
import { neutralRules, topics } from "./corpus/topics.ts";

interface Label {
  readonly id: string;
  readonly lines: readonly number[];
  readonly tier?: "must" | "should" | "may";
}

interface LabelledFile {
  readonly file: string;
  readonly findings: readonly Label[];
  readonly nonfindings: readonly Label[];
}

interface Row {
  readonly group: string;
  readonly file: string;
  readonly line: number;
  readonly objectLines: readonly [number, number] | undefined;
  readonly finding: Finding;
}

const today = "2026-11-24";
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const words = process.argv.slice(2);
const findingsAt = words.indexOf("--findings");
const findingsFile = findingsAt < 0 ? undefined : words.splice(findingsAt, 2)[1];
const [given, labelsGiven] = words;
if (given === undefined) {
  process.stderr.write("usage: pnpm corpus ARCHIVE|FOLDER [LABELS] [--findings FILE]\n");
  process.exit(2);
}
const folder = unpack(path.resolve(given));
const labelsPath = labelsGiven ?? path.join(folder, "labels-dev.jsonl");
const labels = existsSync(labelsPath)
  ? readFileSync(labelsPath, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as LabelledFile)
  : [];

function unpack(target: string): string {
  if (statSync(target).isDirectory()) return target;
  const out = path.join(root, ".corpus");
  mkdirSync(out, { recursive: true });
  execFileSync("tar", ["-xJf", target, "-C", out, "--strip-components=1"]);
  return out;
}

/** Each repository is a root of its own; templates and background hold one a folder. */
function roots(): readonly { readonly group: string; readonly folder: string }[] {
  const groups = ["files", "templates", "background"].filter((name) => existsSync(path.join(folder, name)));
  if (groups.length === 0) return [{ group: "files", folder }];
  return groups.flatMap((group) =>
    readdirSync(path.join(folder, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => ({ group, folder: path.join(folder, group, entry.name) })),
  );
}

interface Totals {
  crashes: number;
  files: number;
  readonly notLinted: Map<string, number>;
  readonly counts: Record<string, number>;
  /** Errors and warnings, and those of them that offer an edit or a procedure. */
  grave: number;
  answered: number;
  readonly rows: Row[];
  /** The same findings at their related places: one fault may lie in two files, and a label names either. */
  readonly related: Row[];
}

function run(preset: PresetName): Totals {
  const totals: Totals = {
    crashes: 0,
    files: 0,
    notLinted: new Map(),
    counts: {},
    grave: 0,
    answered: 0,
    rows: [],
    related: [],
  };
  for (const { group, folder: repository } of roots()) {
    const { files } = discover({
      cwd: repository,
      paths: [repository],
      readsIgnored: true,
      exclude: [],
      context: "none",
    });
    let result: LintResult;
    try {
      const project = createProject({
        files,
        configs: [],
        root: repository,
        view: "folder",
        today,
        rules: allRules,
        sqlParser: loadSqlParser,
        preset,
      });
      result = lint({ project, requested: new Set(files.map((file) => file.uri)), onCrash: "throw" });
    } catch (error) {
      totals.crashes++;
      process.stdout.write(
        `crash: ${repository}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      continue;
    }
    totals.files += files.length;
    for (const each of result.notLinted)
      totals.notLinted.set(each.reason, (totals.notLinted.get(each.reason) ?? 0) + 1);
    for (const [name, number] of Object.entries(result.counts))
      totals.counts[name] = (totals.counts[name] ?? 0) + number;
    for (const finding of result.findings) {
      if (finding.severity !== "info") {
        totals.grave++;
        const { fixes } = finding;
        if (soundFixes(finding, result.files).length > 0 || fixes.some(({ safety }) => safety === "procedure"))
          totals.answered++;
      }
      totals.rows.push(rowAt(finding.location, finding, group, result));
      for (const place of finding.related) totals.related.push(rowAt(place, finding, group, result));
    }
  }
  return totals;
}

function rowAt(place: Finding["location"], finding: Finding, group: string, result: LintResult): Row {
  const file = result.files.get(place.uri);
  const line = (file?.positionAt(place.span.start).line ?? 0) + 1;
  return {
    group,
    file: path.relative(folder, place.uri),
    line,
    objectLines: file === undefined ? undefined : objectLines(file, line),
    finding,
  };
}

/** The lines of the document that a line belongs to: labels of an object match anywhere in it. */
function objectLines(file: SourceFile, line: number): readonly [number, number] {
  const lines = file.text.split("\n");
  let first = line;
  while (first > 1 && !/^---/.test(lines[first - 2] ?? "")) first--;
  let last = line;
  while (last < lines.length && !/^---/.test(lines[last] ?? "")) last++;
  return [first, last];
}

function matches(label: Label, row: Row): boolean {
  if (topics[label.id]?.includes(row.finding.ruleId) !== true) return false;
  const [first, last] = row.objectLines ?? [row.line, row.line];
  return label.lines.length === 0 || label.lines.some((line) => line >= first && line <= last);
}

function score(
  totals: Totals,
  tiers: readonly string[],
): { readonly hit: number; readonly of: number; readonly missed: readonly string[] } {
  let hit = 0;
  let of = 0;
  const missed: string[] = [];
  for (const labelled of labels) {
    const rows = [...totals.rows, ...totals.related].filter((row) => row.file === labelled.file);
    for (const label of labelled.findings) {
      if (label.tier === undefined || !tiers.includes(label.tier)) continue;
      of++;
      if (rows.some((row) => matches(label, row))) hit++;
      else missed.push(`${label.tier} ${label.id} ${labelled.file}:${label.lines.join(",")}`);
    }
  }
  return { hit, of, missed };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "n/a" : `${Math.round((1000 * part) / whole) / 10} % (${part}/${whole})`;
}

function precision(totals: Totals): { readonly text: string; readonly wrong: readonly Row[] } {
  const reported = labels.flatMap((labelled) =>
    totals.rows
      .filter((row) => row.file === labelled.file && !neutralRules.includes(row.finding.ruleId))
      .map((row) => ({ labelled, row })),
  );
  const wrong = reported
    .filter(({ labelled, row }) => !labelled.findings.some((label) => matches(label, row)))
    .map(({ row }) => row);
  return { text: percent(reported.length - wrong.length, reported.length), wrong };
}

function nonfindings(totals: Totals): readonly string[] {
  return labels.flatMap((labelled) =>
    labelled.nonfindings.flatMap((label) =>
      totals.rows
        .filter(
          (row) =>
            row.file === labelled.file &&
            matches(label, row) &&
            !labelled.findings.some((finding) => matches(finding, row)) &&
            label.lines.some(
              (line) => Math.abs(line - row.line) < 4 || labelled.findings.every((each) => each.id !== label.id),
            ),
        )
        .map((row) => `${label.id} ${row.file}:${row.line} ${row.finding.ruleId}`),
    ),
  );
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const byPreset = { recommended: run("recommended"), all: run("all") };
let isBad = false;
for (const [preset, totals] of Object.entries(byPreset)) {
  const own = totals.rows.filter((row) => row.group === "files");
  const background = totals.rows.filter((row) => row.group === "background" && row.finding.severity !== "info");
  print(`\n== ${preset}`);
  print(`crashes: ${totals.crashes}`);
  print(
    `files: ${totals.files}; not linted: ${[...totals.notLinted].map(([reason, number]) => `${reason} ${number}`).join(", ")}`,
  );
  print(
    `recognised: ${Object.entries(totals.counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(", ")}`,
  );
  const counts = new Map<string, number>();
  for (const row of own) counts.set(row.finding.ruleId, (counts.get(row.finding.ruleId) ?? 0) + 1);
  for (const [rule, number] of [...counts].sort((a, b) => b[1] - a[1])) print(`${String(number).padStart(6)}  ${rule}`);
  const databases = totals.counts.databases ?? 1;
  const grave = own.filter((row) => row.finding.severity !== "info").length;
  print(
    `per database: ${(grave / databases).toFixed(2)} errors and warnings, ${((own.length - grave) / databases).toFixed(2)} infos`,
  );
  print(`errors and warnings with an edit or a procedure: ${totals.answered} of ${totals.grave}`);
  print(`errors and warnings on background files: ${background.length}`);
  for (const row of background.slice(0, 20))
    print(`  ${row.file}:${row.line} ${row.finding.ruleId}: ${row.finding.message}`);
  if (labels.length > 0) {
    const must = score(totals, ["must"]);
    const both = score(totals, ["must", "should"]);
    print(`recall must: ${percent(must.hit, must.of)}; must + should: ${percent(both.hit, both.of)}`);
    for (const miss of both.missed) print(`  missed: ${miss}`);
    const exact = precision(totals);
    print(`precision: ${exact.text}`);
    for (const row of exact.wrong)
      print(
        `  no label: ${row.file}:${row.line} ${row.finding.severity} ${row.finding.ruleId}: ${row.finding.message}`,
      );
    const reported = nonfindings(totals);
    print(`nonfindings reported: ${reported.length}`);
    for (const each of reported) print(`  nonfinding: ${each}`);
    if (preset === "recommended" && reported.length > 0) isBad = true;
  }
  if (totals.crashes > 0 || (preset === "recommended" && background.length > 0)) isBad = true;
}
if (findingsFile !== undefined)
  writeFileSync(
    findingsFile,
    byPreset.all.rows
      .map(
        (row) => `${row.file}:${row.line}: ${row.finding.severity}: ${row.finding.message} [${row.finding.ruleId}]\n`,
      )
      .sort()
      .join(""),
  );
process.exitCode = isBad ? 1 : 0;
