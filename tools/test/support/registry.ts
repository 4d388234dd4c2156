import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { packForNpm } from "../../release/npm-package.ts";
import { type ReleasePlan, readPlan } from "../../release/plan.ts";
import { folderWith, root } from "./folders.ts";

let packed: Promise<{ readonly plan: ReleasePlan; readonly archive: string }> | undefined;

/** The npm package of this working tree, packed once for all tests. */
export function npmPackage(): Promise<{ readonly plan: ReleasePlan; readonly archive: string }> {
  packed ??= (async () => {
    const plan = readPlan(folderWith(), "rehearsal");
    return { plan, archive: path.join(plan.folder, await packForNpm(plan)) };
  })();
  return packed;
}

/** npm's settings for a registry on this machine, and a cache of its own. */
export type NpmEnvironment = Readonly<Record<string, string>>;

const started: ChildProcess[] = [];
after(() => {
  for (const process of started) process.kill();
});

/** Starts a registry that has the package of this working tree in this version, sound or with a checksum that is not its own. */
export async function registryWith(state: "sound" | "damaged"): Promise<NpmEnvironment> {
  const { plan, archive } = await npmPackage();
  const script = path.join(root, "tools/test/support/registry.mjs");
  const child = spawn(process.execPath, [script, `${state}=${plan.version}=${archive}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const address = await new Promise<string>((resolve) =>
    child.stdout.once("data", (text) => resolve(String(text).trim())),
  );
  return {
    npm_config_registry: address,
    npm_config_cache: folderWith(),
    npm_config_update_notifier: "false",
    npm_config_fetch_retries: "0",
    NO_COLOR: "1",
  };
}
