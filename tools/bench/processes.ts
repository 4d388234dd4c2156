import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** A program as a whole process: what a person waits for. */
export interface Program {
  readonly command: string;
  readonly words: readonly string[];
  readonly folder: string;
  /** Searched before PATH. */
  readonly binFolder: string;
}

interface Run {
  readonly milliseconds: number;
  readonly output: string;
}

function run(program: Program, extra: Readonly<Record<string, string>> = {}): Run {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${program.binFolder}:${process.env.PATH}`, ...extra };
  // Reading certificates costs Node as much as starting it.
  delete env.NODE_EXTRA_CA_CERTS;
  const start = performance.now();
  const { error, status, signal, stdout, stderr } = spawnSync(program.command, program.words, {
    cwd: program.folder,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const milliseconds = performance.now() - start;
  if (error !== undefined) throw error;
  // 1: there are findings.
  if (status !== 0 && status !== 1) throw new Error(`${program.command} ended with ${status ?? signal}: ${stderr}`);
  return { milliseconds, output: stdout };
}

/** Both programs in turn, so that a slow minute of the machine hits both: the median of the ratios of each pair. */
export function ratioOf(
  program: Program,
  base: Program,
  pairs: number,
): { readonly ratio: number; readonly base: number } {
  run(program);
  run(base);
  const measured = Array.from({ length: pairs }, () => ({
    own: run(program).milliseconds,
    base: run(base).milliseconds,
  }));
  return {
    ratio: median(measured.map((pair) => pair.own / pair.base)),
    base: median(measured.map((pair) => pair.base)),
  };
}

/** Time and peak memory (MiB) of a Node program; medians of several runs. */
export function costOf(
  program: Program,
  runs: number,
): { readonly seconds: number; readonly mebibytes: number; readonly output: string } {
  const peakFile = path.join(program.binFolder, "peak");
  const preload = path.join(path.dirname(fileURLToPath(import.meta.url)), "peak-memory.cjs");
  const measured = Array.from({ length: runs }, () => {
    const { milliseconds, output } = run(program, {
      NODE_OPTIONS: `--require "${preload}"`,
      BENCH_PEAK_FILE: peakFile,
    });
    return { seconds: milliseconds / 1000, mebibytes: Number(readFileSync(peakFile, "utf8")) / 1024, output };
  });
  return {
    seconds: median(measured.map((each) => each.seconds)),
    mebibytes: median(measured.map((each) => each.mebibytes)),
    output: measured[0]?.output ?? "",
  };
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** Nearest rank. */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
