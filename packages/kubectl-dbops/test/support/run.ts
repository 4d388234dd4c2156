import { spawnSync } from "node:child_process";
import path from "node:path";
import { PassThrough } from "node:stream";
import type { Io } from "../../src/io.ts";
import { run } from "../../src/run.ts";
import { distFolder } from "./kubectl.ts";

/** What a run in this process printed, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer;
  readonly today?: string;
  /** Aborts as Ctrl-C does. */
  readonly signal?: AbortSignal;
  /** Called when signals end the process by themselves again. */
  readonly uninterrupted?: () => void;
  /** What is typed where something is asked. */
  readonly answer?: (signal: AbortSignal) => Promise<string>;
  /** Both streams are terminals. */
  readonly isTerminal?: boolean;
  readonly width?: number;
}

/** Runs `kubectl dbops WORDS` in a folder, in this process. */
export function dbops(cwd: string, words: readonly string[], surroundings: Surroundings = {}): Outcome {
  const { code, printed } = start(cwd, words, surroundings);
  if (typeof code !== "number") throw new Error(`${words[0]} asks a cluster: askCluster runs it`);
  return { code, ...printed() };
}

/** The same of a verb that asks a cluster. */
export async function askCluster(
  cwd: string,
  words: readonly string[],
  surroundings: Surroundings = {},
): Promise<Outcome> {
  const { code, printed } = start(cwd, words, surroundings);
  return { code: await code, ...printed() };
}

interface Started {
  readonly code: number | Promise<number>;
  printed(): Pick<Outcome, "out" | "err">;
}

function start(cwd: string, words: readonly string[], surroundings: Surroundings): Started {
  let out = "";
  let err = "";
  const io: Io = {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...surroundings.env },
    isOutputTerminal: surroundings.isTerminal === true,
    isErrorTerminal: surroundings.isTerminal === true,
    width: surroundings.width ?? 100,
    today: surroundings.today ?? "2026-06-01",
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    progress: () => {},
    watch: () => () => {},
    now: () => 0,
    interrupted: () => surroundings.signal ?? new AbortController().signal,
    uninterrupted: () => surroundings.uninterrupted?.(),
    answer: (signal) => surroundings.answer?.(signal) ?? Promise.resolve(undefined),
    conversation: () => ({ input: new PassThrough(), output: new PassThrough() }),
    lines: () => String(surroundings.stdin ?? "").split("\n"),
    readStdin: () => Buffer.from(surroundings.stdin ?? ""),
  };
  return { code: run(words, io), printed: () => ({ out, err }) };
}

/** The same with the built launcher, which has to be there; the day is today. Code -1: it did not end within the milliseconds. */
export function builtDbops(cwd: string, words: readonly string[], timeout?: number): Outcome {
  const { status, stdout, stderr } = spawnSync(path.join(distFolder, "kubectl-dbops"), words, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout,
    killSignal: "SIGKILL",
    env: { PATH: process.env.PATH, HOME: cwd },
  });
  return { code: status ?? -1, out: stdout, err: stderr };
}

/** A finding as `-o json` gives it: the fields that tests look at. */
export interface JsonFinding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly path: string;
  readonly start: { readonly line: number; readonly column: number };
  readonly related: readonly {
    readonly message: string;
    readonly path: string;
    readonly start: { readonly line: number };
  }[];
  readonly fixes: readonly { readonly title: string; readonly safety: string }[];
  readonly fingerprint: string;
}

export interface JsonReport {
  readonly findings: readonly JsonFinding[];
  readonly suppressed: readonly (JsonFinding & {
    readonly suppression: { readonly by: string; readonly path: string; readonly reason?: string };
  })[];
  readonly notLinted: readonly {
    readonly path: string;
    readonly document: number;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly summary: Readonly<Record<string, number>>;
}

/** Runs `lint -o json` and reads what it says. */
export function lintJson(
  cwd: string,
  words: readonly string[],
  surroundings: Surroundings = {},
): JsonReport & { readonly code: number; readonly err: string } {
  const { code, out, err } = dbops(cwd, ["lint", ...words, "-o", "json"], surroundings);
  if (out === "") throw new Error(`no report: ${err}`);
  return { ...(JSON.parse(out) as JsonReport), code, err };
}

/** `path:line rule` of each finding, for comparing. */
export function placesOf(findings: readonly JsonFinding[]): readonly string[] {
  return findings.map((finding) => `${finding.path}:${finding.start.line} ${finding.rule}`);
}
