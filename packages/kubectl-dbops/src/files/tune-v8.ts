import { setFlagsFromString } from "node:v8";

// V8 is told only what many files prove right; a usual run is too short for either. Measured in ADR 0006.

/** Set by the launcher. False: this run writes V8's code cache, which later runs refuse if its flags are not theirs. */
declare const isFromCache: boolean;

/** Files from which on a run counts as large: its space for new objects is as large as it needs then, 2 to 4 MB. */
export const manyFiles = 600;

/**
 * While texts are read. Keeps V8's space for new objects at the size it has: what a run over many files makes stays until its end,
 * so letting that space grow to 16 MB, twice, saves no time and costs a sixth of the memory. Below 2 MB it costs time instead.
 */
export function tuneForReading(): void {
  tune("--semi-space-growth-factor=1");
  optimizeAfter(200_000);
}

/**
 * When everything is read. Rules are many functions that run a few times each: to optimize them takes V8's other threads longer than
 * it saves here. Reading YAML was a few functions that run all the time.
 */
export function tuneForRules(): void {
  optimizeAfter(500_000);
}

/** Before WebAssembly is compiled: a run parses little SQL, and the optimizing compiler takes longer than it saves. */
export function tuneForSql(): void {
  tune("--liftoff-only");
}

/** Bytes of bytecode that a function runs before V8 optimizes it. V8 13 (Node 24) counts otherwise, and complains of the flag. */
function optimizeAfter(bytes: number): void {
  if (Number.parseInt(process.versions.v8, 10) < 13) tune(`--interrupt-budget=${bytes}`);
}

function tune(flag: string): void {
  if (typeof isFromCache === "undefined" || isFromCache) setFlagsFromString(flag);
}
