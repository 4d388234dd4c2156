import { spawnSync } from "node:child_process";

/** Skips loudly where a program is not installed, and says which of Debian's packages has it; in CI that is a failure. */
export function needsProgram(context: Mocha.Context, program: string, debianPackage: string): void {
  if (spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined) return;
  if (process.env.CI === "true") throw new Error(`${program} is not installed, and in CI its tests may not be skipped`);
  console.log(`      SKIPPED: ${program} is not installed (Debian's package is ${debianPackage})`);
  context.skip();
}
