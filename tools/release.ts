// pnpm release: builds all that a release publishes, into dist/release. pnpm release:rehearse: the same, and tries what this machine
// can run; nothing leaves the machine in either.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packArchive } from "./release/archives.ts";
import { bundledPackages } from "./release/bundled-packages.ts";
import { checksumsOf } from "./release/checksums.ts";
import { buildExecutables } from "./release/executables.ts";
import { packExtension } from "./release/extension.ts";
import { krewManifest } from "./release/krew-manifest.ts";
import { licenseOfNode } from "./release/node-runtimes.ts";
import { packForNpm } from "./release/npm-package.ts";
import { readPlan, root } from "./release/plan.ts";
import { type Artifact, softwareBill } from "./release/sbom.ts";
import { smokeTests } from "./release/smoke-tests.ts";

const isRehearsal = process.argv.includes("--rehearse");

async function release(): Promise<void> {
  const plan = readPlan(path.join(root, "dist/release"), isRehearsal ? "rehearsal" : "release");
  rmSync(plan.folder, { recursive: true, force: true });
  mkdirSync(plan.folder, { recursive: true });
  const artifacts: Artifact[] = [];
  const add = (file: string, parts: Artifact["parts"]): void => {
    artifacts.push({ file, parts });
    process.stdout.write(`built  ${file}\n`);
  };

  const inCommandLine = await bundledPackages("kubectl-dbops");
  add(await packForNpm(plan), inCommandLine);
  const executables = await buildExecutables(plan.folder);
  const inExecutable = [...inCommandLine, licenseOfNode()];
  for (const [platform, executable] of executables)
    add(packArchive(plan.folder, platform, executable, inExecutable), inExecutable);

  const inExtension = await bundledPackages("vscode-dbops");
  add(packExtension(plan, inExtension), inExtension);

  const write = (name: string, text: string): void => {
    writeFileSync(path.join(plan.folder, name), text);
    process.stdout.write(`wrote  ${name}\n`);
  };
  write("dbops.yaml", krewManifest(plan, [...executables.keys()]));
  write("dbops.cdx.json", softwareBill(plan, artifacts));
  write("SHA256SUMS", checksumsOf(plan.folder, [...artifacts.map(({ file }) => file), "dbops.yaml", "dbops.cdx.json"]));
  if (isRehearsal) for (const line of smokeTests(plan, executables)) process.stdout.write(`${line}\n`);
  rmSync(path.join(plan.folder, "executables"), { recursive: true });
}

try {
  await release();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
