import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "../../../..");
/** The folder that belongs on PATH. */
export const distFolder = path.join(root, "packages/kubectl-dbops/dist");

/** Skips loudly where kubectl is not installed (Debian: kubernetes-client); in CI that is a failure. */
export function needsKubectl(context: Mocha.Context): void {
  const found = spawnSync("kubectl", ["version", "--client"], { stdio: "ignore" });
  if (found.error === undefined) return;
  if (process.env.CI === "true") throw new Error("kubectl is not installed, and in CI its tests may not be skipped");
  console.log("      SKIPPED: kubectl is not installed (Debian's package is kubernetes-client)");
  context.skip();
}

/** Builds the bundle when a source is newer. */
export function buildBundle(): void {
  const bundle = path.join(distFolder, "kubectl-dbops");
  const builder = path.join(root, "packages/kubectl-dbops/build.mjs");
  const newest = Math.max(
    statSync(builder).mtimeMs,
    statSync(path.join(root, "packages/kubectl-dbops/launch.cjs")).mtimeMs,
    ...["packages/core/src", "packages/kubectl-dbops/src"].map((folder) => newestIn(path.join(root, folder))),
  );
  if (existsSync(bundle) && statSync(bundle).mtimeMs >= newest) return;
  const { status, stderr } = spawnSync(process.execPath, [builder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
}

function newestIn(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const name = path.join(folder, entry.name);
      return entry.isDirectory() ? newestIn(name) : statSync(name).mtimeMs;
    }),
  );
}

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Runs a command line in `sh`, with the plugin on PATH. */
export function shell(command: string, cwd: string, env: Readonly<Record<string, string>> = {}): ShellResult {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], {
    cwd,
    encoding: "utf8",
    env: { PATH: `${distFolder}:${process.env.PATH}`, HOME: cwd, ...env },
    maxBuffer: 1 << 28,
  });
  return { stdout, stderr, code: status };
}
