// Builds the command line where somebody installs this repository itself as an npm package: pre-commit's `language: node` runs
// `npm install` and `npm pack` in a clone of it. Nothing is printed on stdout, which is read there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const built = path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops");
// pnpm runs this script too, also the pnpm that is started below.
const isPnpm = (process.env.npm_config_user_agent ?? "").startsWith("pnpm/");
if (!isPnpm && process.env.DBOPS_PREPARE === undefined && !existsSync(built)) {
  const run = (command) => {
    const { status } = spawnSync(command, {
      cwd: root,
      shell: true,
      stdio: ["ignore", 2, 2],
      env: { ...process.env, DBOPS_PREPARE: "1" },
    });
    if (status !== 0) {
      process.stderr.write(`error: dbops was not built: ${command} failed\n`);
      process.exit(1);
    }
  };
  run("npx -y pnpm@12.21.0 install --frozen-lockfile --ignore-scripts --filter kubectl-dbops...");
  run("node packages/kubectl-dbops/build.mjs");
}
