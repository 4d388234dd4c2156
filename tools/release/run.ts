import { spawnSync } from "node:child_process";
import { root } from "./plan.ts";

/** The program is not installed. */
export class CannotStart extends Error {}

/** Runs a program and gives what it printed. @throws Error with its last lines where it fails */
export function succeed(program: string, words: readonly string[], cwd = root, env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw new CannotStart(`${program} cannot be started: ${error.message}`);
  if (status === 0) return stdout;
  const reason = (stderr || stdout).trim().split("\n").slice(-10).join("\n");
  throw new Error(`${program} ${words.join(" ")} ended with ${status}:\n${reason}`);
}
