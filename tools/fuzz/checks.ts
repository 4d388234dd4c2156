import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import {
  allRules,
  applyEdits,
  createProject,
  type Finding,
  fixAll,
  hoverAt,
  type LintInput,
  type LintResult,
  lint,
  overviewOf,
  SourceFile,
  type Span,
  soundFixes,
  suppressAll,
} from "@dbops/core";
import { parseDocuments } from "../../packages/core/src/yaml/parse.ts";
import { formats, tableFormats } from "../../packages/kubectl-dbops/src/choices.ts";
import { run } from "../../packages/kubectl-dbops/src/run.ts";
import { loadSqlParser } from "../../packages/kubectl-dbops/src/sql/load-sql-parser.ts";
import { traceIn } from "./markers.ts";
import type { Mutant } from "./mutant.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { Random } from "./random.ts";
import type { Files } from "./sources.ts";

/** Something that may not be. Finds of one kind and place are one fault. */
export interface Find {
  readonly kind: string;
  /** What tells it from others of its kind: a rule, a frame of a stack. */
  readonly place: string;
  readonly detail: string;
}

type Check = (subject: Subject) => Iterable<Find>;

/** Every check by its name; a new one is a line here. `built` compares with what ships, for many mutants at once. */
export const checks: Readonly<Record<string, Check>> = {
  time: checkTime,
  spans: checkSpans,
  determinism: checkDeterminism,
  editor: checkEditor,
  fixes: checkFixes,
  output: checkOutput,
};

/** Milliseconds of processor time that a mutant may take. */
const timeBudget = (files: Files): number => 1000 + 2000 * (sizeOf(files) / 1e6);
const today = "2026-11-24";
const config = new SourceFile("/case/.dbops.yaml", "extends: all\n");

const sizeOf = (files: Files): number => [...files.values()].reduce((sum, text) => sum + text.length, 0);

/** A mutant with what linting it gave. */
interface Subject extends Mutant {
  readonly input: LintInput;
  readonly result: LintResult;
  /** Milliseconds of processor time. */
  readonly duration: number;
}

/** All that is wrong with how a mutant is treated. */
export function findsOf({ seed, files }: Mutant, names: readonly string[]): readonly Find[] {
  const finds: Find[] = [];
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      finds.push(crash(error));
    }
  };
  guarded(() => {
    const before = process.cpuUsage();
    const input = inputOf(files);
    const result = lint(input);
    const { user, system } = process.cpuUsage(before);
    const subject = { seed, files, input, result, duration: (user + system) / 1000 };
    for (const name of names)
      guarded(() => {
        for (const find of checks[name]?.(subject) ?? []) finds.push(find);
      });
  });
  return finds;
}

function inputOf(files: Files): LintInput {
  const sources = [...files].map(([name, text]) => new SourceFile(`/case/${name}`, text));
  return {
    project: createProject({
      files: sources,
      configs: [config],
      root: "/case",
      view: "folder",
      today,
      rules: allRules,
      sqlParser: loadSqlParser,
    }),
    requested: new Set(sources.map(({ uri }) => uri)),
    onCrash: "throw",
  };
}

function crash(error: unknown): Find {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [message = "", ...frames] = text.split("\n");
  const frame = frames.find((each) => /packages\/.*\/src\//.test(each)) ?? "";
  return {
    kind: "crash",
    place: `${message.replace(/\d+/g, "N").slice(0, 60)} ${/src\/[^)]*/.exec(frame)?.[0] ?? ""}`,
    detail: text.split("\n").slice(0, 6).join("\n"),
  };
}

function* checkTime({ files, duration }: Subject): Iterable<Find> {
  if (duration > timeBudget(files))
    yield { kind: "slow", place: "", detail: `${duration.toFixed(0)} ms for ${sizeOf(files)} characters` };
}

function* checkSpans({ files, result }: Subject): Iterable<Find> {
  const problems = (uri: string, { start, end }: Span): string | undefined => {
    const file = result.files.get(uri);
    if (file === undefined) return `there is no file ${uri}`;
    if (!(0 <= start && start <= end && end <= file.text.length)) return `${start}-${end} of ${file.text.length}`;
    return isInsidePair(file.text, start) || isInsidePair(file.text, end)
      ? `${start}-${end} splits a character`
      : undefined;
  };
  for (const finding of result.findings)
    for (const [what, uri, span] of placesOf(finding)) {
      const problem = problems(uri, span);
      if (problem !== undefined) yield { kind: "span", place: `${finding.ruleId} ${what}`, detail: problem };
    }
  for (const { uri, span, reason } of result.notLinted) {
    const problem = problems(uri, span);
    if (problem !== undefined) yield { kind: "span", place: reason, detail: problem };
  }
  // What a mistake of ours leaves in a sentence; a text may hold such words, and YAML's own faults are told with them.
  const text = [...files.values()].join("\n");
  const slips = ["\n", "\r", "undefined", "NaN", "[object "].filter((word) => !text.includes(word));
  for (const { ruleId, message } of result.findings)
    if (ruleId !== "document-not-yaml" && slips.some((word) => message.includes(word)))
      yield { kind: "message", place: ruleId, detail: message };
}

function placesOf(finding: Finding): readonly (readonly [what: string, uri: string, span: Span])[] {
  return [
    ["", finding.location.uri, finding.location.span],
    ...finding.related.map(({ uri, span }) => ["related", uri, span] as const),
    ...finding.fixes.flatMap(({ title, edits }) => edits.map(({ uri, span }) => [title, uri, span] as const)),
  ];
}

const isInsidePair = (text: string, offset: number): boolean =>
  /[\ud800-\udbff]/.test(text[offset - 1] ?? "") && /[\udc00-\udfff]/.test(text[offset] ?? "");

const told = ({ findings, notLinted, suppressed, counts }: LintResult): string =>
  JSON.stringify({ findings, notLinted, suppressed, counts });

function* checkDeterminism({ files, result }: Subject): Iterable<Find> {
  const again = told(lint(inputOf(files)));
  const first = told(result);
  if (first !== again) {
    const at = [...first].findIndex((character, index) => character !== again[index]);
    yield {
      kind: "determinism",
      place: "",
      detail: `${first.slice(at - 80, at + 80)} | ${again.slice(at - 80, at + 80)}`,
    };
  }
}

/** What an editor asks for, a part of it for each mutant: hovers, the overview, the half-typed line, comments that suppress. */
function* checkEditor({ seed, files, input, result }: Subject): Iterable<Find> {
  for (const [name, text] of files) {
    const uri = `/case/${name}`;
    const at = (seed % 7) / 6;
    hoverAt(result, uri, Math.floor(text.length * at), `${today}T00:00:00Z`);
    const line = Math.floor(text.split("\n").length * at);
    if (seed % 3 === 0) lint({ ...input, project: createProject({ ...input.project.input, typing: { uri, line } }) });
  }
  if (seed % 3 === 1) overviewOf(result);
  const ids = [...new Set(result.findings.map(({ ruleId }) => ruleId))];
  const id = ids[Math.floor(seed / 3) % ids.length]; // one: each is a run of its own
  if (seed % 3 === 2 && id !== undefined) suppressAll(input, [id], "known");
  yield* [];
}

/** All fixes at once (the safe ones for some mutants, all for the others), what they leave, and each by itself. */
function* checkFixes({ seed, files, input, result }: Subject): Iterable<Find> {
  const admit = seed % 3 === 0 ? "safe" : "unsafe";
  const fixed = fixAll(input, admit);
  if (fixed.files.length > 0) {
    const after = new Map(files);
    for (const { uri, text } of fixed.files) after.set(uri.replace("/case/", ""), text);
    const rules = [...new Set(fixed.applied.map(({ finding }) => finding.ruleId))].join(", ");
    for (const { uri, text } of fixed.files) {
      const before = files.get(uri.replace("/case/", "")) ?? "";
      if (statesOf(before, uri).every(isWhole) && !statesOf(text, uri).every(isWhole))
        yield { kind: "fix-breaks", place: rules, detail: `${admit} fixes make a document that is not read` };
      if (isOnly(before, "\r\n") && !isOnly(text, "\r\n"))
        yield { kind: "fix-line-ends", place: rules, detail: `${admit} fixes write another line break` };
    }
    const again = fixAll(inputOf(after), admit);
    if (again.files.length > 0)
      yield {
        kind: "fix-again",
        place: [...new Set(again.applied.map(({ finding }) => finding.ruleId))].join(", "),
        detail: `the second pass fixes again: ${again.applied
          .map(({ fix }) => fix.title)
          .slice(0, 3)
          .join("; ")}`,
      };
  }
  for (const finding of result.findings.slice(0, 8)) yield* checkFixesOf(finding, files, result.files);
}

/** Each fix by itself, as hosts offer it. */
function* checkFixesOf(finding: Finding, files: Files, sources: LintResult["files"]): Iterable<Find> {
  for (const { title, edits } of soundFixes(finding, sources))
    for (const uri of new Set(edits.map((edit) => edit.uri))) {
      const before = files.get(uri.replace("/case/", "")) ?? "";
      const text = applyEdits(
        before,
        edits.filter((edit) => edit.uri === uri),
      );
      const states = statesOf(before, uri);
      if (statesOf(text, uri).filter(isWhole).length < states.filter(isWhole).length)
        yield {
          kind: "fix-alone-breaks",
          place: finding.ruleId,
          detail: `"${title}" makes a document that is not read`,
        };
    }
}

/** How the documents of a text are read; SQL has none. */
const statesOf = (text: string, uri: string): readonly string[] =>
  uri.endsWith(".sql") ? [] : parseDocuments(new SourceFile(uri, text)).map(({ state, reason }) => reason ?? state);
const isWhole = (state: string): boolean => state !== "not-yaml";

function isOnly(text: string, lineBreak: string): boolean {
  return text.includes(lineBreak) && !/[\r\n]/.test(text.replaceAll(lineBreak, ""));
}

/** Runs two commands over the texts as stdin: none fails, none shows what was planted. */
function* checkOutput({ seed, files }: Subject): Iterable<Find> {
  const folder = mkdtempSync(path.join(tmpdir(), "dbops-fuzz-"));
  try {
    const text = [...files.values()].join("\n---\n");
    const names = formats.filter((format) => format !== "human");
    const all = [
      "lint",
      "-",
      "--debug",
      "--preset=all",
      "-o",
      "human",
      ...names.flatMap((name) => ["-o", `${name}=${name}`]),
    ];
    writeFileSync(path.join(folder, "old.yaml"), text);
    writeFileSync(path.join(folder, "new.yaml"), mutateBytes(text, text, new Random(seed)));
    const formatIn = (known: readonly string[]): string => known[Math.floor(seed / 5) % known.length] ?? "";
    const others = [
      ["lint", "-", "--preset=all", "--write-baseline=baseline"],
      ["lint", "-", "--preset=all", "--diff", "--unsafe-fixes"],
      ["pool", "-"],
      ["backups", "-", "-o", formatIn(tableFormats)],
      ["diff", "old.yaml", "new.yaml", "--preset=all", "-o", formatIn(formats)],
    ];
    for (const words of [all, others[seed % others.length] ?? []]) {
      const { out, err } = runIn(folder, words, text);
      const crashed = /^error: dbops failed: .*$/m.exec(err)?.[0];
      if (crashed !== undefined)
        yield { kind: "crash", place: crashed, detail: `${words[0]} ${words.at(-1)}: ${crashed}` };
      const shown = words.includes("--debug")
        ? [
            ["human", out] as const,
            ["--debug", err] as const,
            ...names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")] as const),
          ]
        : [
            [
              words.at(-1) ?? "",
              out +
                err +
                (words.some((word) => word.includes("baseline"))
                  ? readFileSync(path.join(folder, "baseline"), "utf8")
                  : ""),
            ] as const,
          ];
      for (const [what, output] of shown) {
        const trace = traceIn(output);
        if (trace !== undefined) yield { kind: "secret", place: what, detail: trace };
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a command line in this process. */
export function runIn(
  cwd: string,
  words: readonly string[],
  stdin = "",
  day = today,
): { readonly out: string; readonly err: string; readonly code: number } {
  let out = "";
  let err = "";
  const ended = run(words, {
    cwd,
    env: {},
    isOutputTerminal: false,
    isErrorTerminal: false,
    width: 100,
    today: day,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    progress: () => {},
    watch: () => () => {},
    now: () => 0,
    interrupted: () => new AbortController().signal,
    conversation: () => ({ input: new PassThrough(), output: new PassThrough() }),
    lines: () => [],
    uninterrupted: () => {},
    answer: async () => undefined,
    readStdin: () => Buffer.from(stdin),
  });
  const code = typeof ended === "number" ? ended : 2; // no cluster is asked here
  return { out, err, code };
}
