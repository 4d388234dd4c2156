import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Find, runIn } from "./checks.ts";
import type { Mutant } from "./mutant.ts";

export interface Difference {
  readonly mutant: Mutant;
  readonly find: Find;
}

/** Mutants that a built program treats otherwise than the source does: each named, found by halving. */
export function differencesOf(program: string, mutants: readonly Mutant[]): readonly Difference[] {
  const [first] = mutants;
  const detail = first === undefined ? undefined : differenceIn(program, mutants);
  if (first === undefined || detail === undefined) return [];
  if (mutants.length === 1) return [{ mutant: first, find: { kind: "built", place: "", detail } }];
  const half = Math.ceil(mutants.length / 2);
  const found = [mutants.slice(0, half), mutants.slice(half)].flatMap((part) => differencesOf(program, part));
  return found.length > 0 ? found : [{ mutant: first, find: { kind: "built", place: "together", detail } }];
}

function differenceIn(program: string, mutants: readonly Mutant[]): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), "dbops-fuzz-built-"));
  try {
    writeFileSync(path.join(folder, ".dbops.yaml"), "extends: all\n");
    for (const { seed, files } of mutants)
      for (const [name, text] of files) {
        const file = path.join(folder, String(seed), name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    const words = ["lint", "-o", "json", "."];
    const built = spawnSync(program, words, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 30, timeout: 120_000 });
    const source = runIn(folder, words, "", new Date().toISOString().slice(0, 10));
    if (built.error !== undefined) return `${program}: ${built.error.message}`;
    return (
      firstDifference("exit code", String(built.status), String(source.code)) ??
      firstDifference("stderr", built.stderr, source.err) ??
      firstDifference("stdout", withoutVersion(built.stdout), withoutVersion(source.out))
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The version is put in by the build. */
const withoutVersion = (json: string): string => json.replace(/"version": ?"[^"]*"/, '"version":""');

function firstDifference(what: string, built: string, source: string): string | undefined {
  if (built === source) return undefined;
  const builtLines = built.split("\n");
  const at = source.split("\n").findIndex((line, index) => line !== builtLines[index]);
  return `${what}: built "${builtLines[at]?.slice(0, 200)}", source "${source.split("\n")[at]?.slice(0, 200)}"`;
}
