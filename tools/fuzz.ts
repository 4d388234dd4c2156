// pnpm fuzz [SECONDS] [--seed N] [--runs N] [--workers N] [--corpus FOLDER|ARCHIVE] [--only CHECK,…] [--without CHECK,…]: lints mutants
// of the fixtures and examples, and checks what has to hold of any text. The same seed makes the same mutants; exit code 1 when
// something was found.
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { checks, type Find } from "./fuzz/checks.ts";
import type { Answer, Settings } from "./fuzz/worker.ts";
import { root } from "./release/plan.ts";

/** Mutants that a worker is given at once, and that the built command line sees in one run. */
const partSize = 100;
/** Milliseconds after which a mutant, or the comparison of a part, is stopped: machines are busy. */
const patience = 120_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string" },
    corpus: { type: "string" },
    only: { type: "string" },
    without: { type: "string", default: "" },
    workers: { type: "string", default: "1" },
  },
});
const names = [...Object.keys(checks), "built"];
const only = values.only?.split(",") ?? names;
const without = values.without.split(",").filter((name) => name !== "");
for (const name of [...only, ...without])
  if (!names.includes(name)) {
    process.stderr.write(`error: there is no check ${name}; there are ${names.join(", ")}\n`);
    process.exit(2);
  }
const chosen = only.filter((name) => !without.includes(name));
const settings: Settings = {
  checks: chosen.filter((name) => name !== "built"),
  program: chosen.includes("built") ? copyOfBuilt() : undefined,
  corpus: values.corpus === undefined ? undefined : unpacked(path.resolve(values.corpus)),
};
const seed = Number(values.seed);
const runs = values.runs === undefined ? Number.POSITIVE_INFINITY : Number(values.runs);
const seconds =
  positionals[0] === undefined ? (values.runs === undefined ? 60 : Number.POSITIVE_INFINITY) : Number(positionals[0]);
/** Where workers write: memory where there is some, since waiting for a disk is three quarters of their time. */
const scratch = existsSync("/dev/shm") ? { TMPDIR: "/dev/shm" } : {};
const findsFolder = path.join(root, ".fuzz/finds");

/** The folder of a corpus: an archive is unpacked once for all workers. */
function unpacked(corpus: string): string {
  if (statSync(corpus).isDirectory()) return corpus;
  const folder = path.join(root, ".fuzz/corpus");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xf", corpus, "-C", folder]);
  return folder;
}

/** The built launcher with its files, as they are now: a build meanwhile does not matter. */
function copyOfBuilt(): string {
  const folder = path.join(root, ".fuzz/built");
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(root, "packages/kubectl-dbops/dist"), folder, { recursive: true });
  return path.join(folder, "kubectl-dbops");
}

/** Finds of one fault. */
interface Fault {
  readonly find: Find;
  readonly seed: number;
  readonly files: readonly (readonly [string, string])[];
  count: number;
}

const faults = new Map<string, Fault>();
const started = Date.now();
let given = 0;
let done = 0;
let isStopped = false;
process.once("SIGINT", () => {
  isStopped = true; // what was begun is finished and told
});

function nextPart(): { first: number; count: number } | undefined {
  if (isStopped || given >= runs || Date.now() - started > seconds * 1000) return undefined;
  const part = { first: seed + given, count: Math.min(partSize, runs - given) };
  given += part.count;
  return part;
}

function add(find: Find, at: number, files: Fault["files"]): void {
  const key = `${find.kind} ${find.place}`;
  const known = faults.get(key);
  if (known !== undefined) known.count++;
  else {
    const fault = { find, seed: at, files, count: 1 };
    faults.set(key, fault);
    show(fault);
  }
}

function show({ find, seed: at, files }: Fault): void {
  process.stdout.write(
    `\n${find.kind} ${find.place}\n  ${find.detail.replaceAll("\n", "\n  ")}\n  again: pnpm fuzz --seed ${at} --runs 1\n`,
  );
  const folder = path.join(findsFolder, `${find.kind}-${at}`);
  for (const [name, text] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
    const lines = text.split("\n");
    process.stdout.write(
      `  ${name}:\n${lines
        .slice(0, 30)
        .map((line) => `    | ${JSON.stringify(line.slice(0, 160)).slice(1, -1)}\n`)
        .join("")}`,
    );
    if (lines.length > 30)
      process.stdout.write(
        `    and ${lines.length - 30} more lines: ${path.relative(root, path.join(folder, name))}\n`,
      );
  }
}

/** Works on parts of the seeds until none is left; a worker that hangs is replaced by one that goes on behind the mutant. */
function work(rest: { first: number; count: number } | undefined): Promise<void> {
  return new Promise((resolve) => {
    let part = rest;
    /** What the worker is at: a mutant, or the comparison of all of its part; undefined before it has begun. */
    let at: Extract<Answer, { readonly say: "begin" | "compare" }> | undefined;
    let isEnding = false;
    let timer: NodeJS.Timeout | undefined;
    const child: ChildProcess = fork(path.join(root, "tools/fuzz/worker.ts"), [JSON.stringify(settings)], {
      execArgv: ["--import", "tsx"],
      cwd: root,
      env: { ...scratch, ...process.env },
    });
    const give = (): void => {
      part ??= nextPart();
      if (part === undefined) {
        isEnding = true;
        clearTimeout(timer);
        child.disconnect();
        resolve();
      } else child.send(part);
    };
    child.on("message", (answer: Answer) => {
      clearTimeout(timer);
      if (answer.say === "end") {
        done += part?.count ?? 0;
        part = undefined;
        give();
        return;
      }
      if (answer.say === "find") add(answer.find, answer.seed, answer.files);
      else at = answer;
      timer = setTimeout(() => {
        const place = at?.say === "compare" ? "comparison" : "";
        add({ kind: "hang", place, detail: `not done after ${patience / 1000} s` }, at?.seed ?? 0, []);
        child.kill("SIGKILL");
      }, patience);
    });
    child.on("exit", (code, signal) => {
      if (isEnding) return;
      clearTimeout(timer);
      if (at === undefined || part === undefined) {
        process.stderr.write("error: the process that lints mutants does not start\n");
        process.exit(2);
      }
      if (signal !== "SIGKILL")
        add({ kind: "exit", place: "", detail: `the process ended with ${code ?? signal}` }, at.seed, []);
      const next = at.say === "compare" ? part.first + part.count : at.seed + 1;
      const left = part.first + part.count - next;
      done += part.count - left;
      void work(left > 0 ? { first: next, count: left } : undefined).then(resolve);
    });
    give();
  });
}

rmSync(findsFolder, { recursive: true, force: true });
await Promise.all(Array.from({ length: Number(values.workers) }, () => work(undefined)));
const byKind = new Map<string, number>();
for (const { find, count } of faults.values()) byKind.set(find.kind, (byKind.get(find.kind) ?? 0) + count);
const kinds = [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
for (const { find, seed: at, count } of faults.values())
  process.stdout.write(`${String(count).padStart(6)} ${find.kind} ${find.place} (seed ${at})\n`);
process.stdout.write(
  `\n${done} mutants in ${Math.round((Date.now() - started) / 1000)} s from seed ${seed}: ${kinds.length === 0 ? "nothing found" : kinds.join(", ")}\n`,
);
if (faults.size > 0) process.exitCode = 1;
