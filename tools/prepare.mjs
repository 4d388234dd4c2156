// Builds the command line where somebody installs this repository itself as an npm package: pre-commit's `language: node` runs
// `npm install` or `npm pack` on a clone of it. Nothing is printed on stdout, which is read there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const built = path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops");

// What npm was told about this installation (--global, --force, a prefix) is not meant for the one that is started below; what says
// where packages come from is.
const isMeantForAll = (name) =>
  /^npm_config_(.*registry|userconfig|globalconfig|cache|ca|cafile|strict_ssl|proxy|https_proxy|noproxy|fetch_.*|.*auth.*)$/i.test(
    name,
  );
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name) || isMeantForAll(name)),
);

// pnpm runs this script too, and needs no build. Whoever runs a script says so here, also npm below a pnpm (a commit from `pnpm release`).
const isPnpm = path.basename(process.env.npm_execpath ?? "").startsWith("pnpm");
if (!isPnpm && !existsSync(built)) {
  const run = (command) => {
    const { status } = spawnSync(command, { cwd: root, shell: true, stdio: ["ignore", 2, 2], env });
    if (status !== 0) {
      process.stderr.write(`error: dbops was not built: ${command} failed\n`);
      process.exit(1);
    }
  };
  run("npx -y pnpm@12.21.0 install --frozen-lockfile --ignore-scripts --filter kubectl-dbops...");
  run("node packages/kubectl-dbops/build.mjs");
}
