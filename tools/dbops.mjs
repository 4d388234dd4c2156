// Builds the command line when a source file is newer than it, then runs it in this process. Nothing but the command writes to stdout.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bundle = path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops");

function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? newest(path.join(folder, entry.name)) : statSync(path.join(folder, entry.name)).mtimeMs,
    ),
  );
}

const bundled = ["core", "kubectl-dbops", "language-server", "session"];
const sources = bundled.map((name) => newest(path.join(root, "packages", name, "src")));
const builder = path.join(root, "packages/kubectl-dbops/build.mjs");
const launcher = path.join(root, "packages/kubectl-dbops/launch.cjs");
const builders = [builder, launcher].map((file) => statSync(file).mtimeMs);
if (!existsSync(bundle) || statSync(bundle).mtimeMs < Math.max(...sources, ...builders)) {
  const build = spawnSync(process.execPath, [builder], { stdio: ["ignore", 2, 2] });
  if (build.status !== 0) process.exit(build.status ?? 2);
}
process.argv.splice(1, 1, bundle);
createRequire(import.meta.url)(bundle);
