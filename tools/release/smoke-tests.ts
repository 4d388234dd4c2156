import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { archiveName } from "./archives.ts";
import type { Platform } from "./node-runtimes.ts";
import { type ReleasePlan, root } from "./plan.ts";
import { CannotStart, succeed } from "./run.ts";
import { isSignatureWhole } from "./sign-mach-o.ts";
import { certificatesOf } from "./windows-signature.ts";

/** Tries what was built; gives a line for each thing tried, and for each that this machine cannot try. @throws Error at a failure */
export function smokeTests(plan: ReleasePlan, executables: ReadonlyMap<Platform, string>): readonly string[] {
  const work = mkdtempSync(path.join(tmpdir(), "dbops-release-"));
  try {
    return [
      tryChecksums(plan),
      tryNpmPackage(plan, work),
      ...[...executables].map(([platform, file]) => tryExecutable(platform, file, work)),
      tryKrew(plan, work),
      tryExtension(plan),
    ];
  } finally {
    rmSync(work, { recursive: true });
  }
}

function tryChecksums({ folder }: ReleasePlan): string {
  succeed("sha256sum", ["--check", "--strict", "SHA256SUMS"], folder);
  return "tried  SHA256SUMS: every file matches";
}

function tryNpmPackage(plan: ReleasePlan, work: string): string {
  const prefix = path.join(work, "npm");
  succeed("npm", [
    "install",
    "--global",
    "--offline",
    "--prefix",
    prefix,
    `${plan.folder}/kubectl-dbops-${plan.version}.tgz`,
  ]);
  tryProgram(plan, path.join(prefix, "bin/kubectl-dbops"), work);
  return "tried  npm package: installed without a network, lints, fixes, explains";
}

function tryExecutable(platform: Platform, file: string, work: string): string {
  const name = `${platform.os} ${platform.arch}`;
  const isHere =
    platform.os === process.platform && platform.arch === (process.arch === "x64" ? "amd64" : process.arch);
  if (isHere) {
    // Without Node on the PATH: it is inside.
    tryProgram({ version: "" }, file, work, { PATH: "/usr/bin:/bin", NODE: "" });
    return `tried  executable for ${name}: lints, fixes, explains`;
  }
  if (platform.os === "darwin") {
    if (!isSignatureWhole(readFileSync(file)))
      throw new Error(`the signature of the executable for ${name} does not hold`);
    return `       executable for ${name}: its signature holds; it cannot be run here`;
  }
  if (platform.os === "windows") {
    if (certificatesOf(readFileSync(file)).size > 0)
      throw new Error(`the executable for ${name} has a signature of Node's`);
    return `       executable for ${name}: unsigned, as it should be; it cannot be run here`;
  }
  try {
    // Debian: qemu-user libc6-arm64-cross libstdc++6-arm64-cross
    expect(
      succeed("qemu-aarch64", ["-L", "/usr/aarch64-linux-gnu", file, "lint", path.join(root, "examples/good")]),
      "No problems in ",
    );
    return `tried  executable for ${name}: lints, in an emulator`;
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error;
    return `       executable for ${name}: cannot be run here without qemu-aarch64`;
  }
}

/** What every way of installing has to be able to do, also with the parts that are loaded when they are used. */
function tryProgram(
  plan: Pick<ReleasePlan, "version">,
  program: string,
  work: string,
  env: NodeJS.ProcessEnv = {},
): void {
  const folder = mkdtempSync(path.join(work, "shop-"));
  cpSync(path.join(root, "examples/good/shop"), folder, { recursive: true });
  const run = (...words: readonly string[]): string => succeed(program, words, folder, env);
  expect(run("version"), `dbops ${plan.version}`);
  expect(run("lint", "."), "No problems in ");
  expect(run("explain", "database-in-deployment"), "kind: Deployment");
  expect(run("new", "db-postgresql"), "kind: StatefulSet");
  expect(run("__complete", "lint", "--fail-on", "w"), "warning\n:4\n");
  writeFileSync(path.join(folder, "odd.yaml"), "apiVersion: v1\nkind: Service\nmetadata:\t{ name: a }\n");
  expect(run("lint", "odd.yaml"), "odd.yaml has only part of Service a");
  cpSync(path.join(root, "packages/kubectl-dbops/test/manifests/backup.yaml"), path.join(folder, "backup.yaml"));
  run("lint", "--exit-zero", "--fix", "backup.yaml");
  expect(readFileSync(path.join(folder, "backup.yaml"), "utf8"), "concurrencyPolicy: Forbid");
}

function expect(printed: string, part: string): void {
  if (!printed.includes(part)) throw new Error(`expected "${part}" in:\n${printed}`);
}

/** What krew does: compare the checksum, unpack, link the executable. With the real krew where it is installed. */
function tryKrew(plan: ReleasePlan, work: string): string {
  const manifest = path.join(plan.folder, "dbops.yaml");
  const archive = path.join(plan.folder, archiveName({ os: "linux", arch: "amd64" } as Platform));
  const krew = path.join(root, ".tools/krew/krew");
  const home = path.join(work, "krew");
  mkdirSync(home);
  try {
    succeed(krew, ["version"]);
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error;
    return "       krew manifest: krew is not installed (CONTRIBUTING.md says how)";
  }
  succeed(krew, ["install", `--manifest=${manifest}`, `--archive=${archive}`], root, { KREW_ROOT: home });
  expect(succeed("kubectl", ["dbops", "version"], root, { PATH: `${home}/bin:${process.env.PATH}` }), plan.version);
  return "tried  krew manifest: the real krew installs it from the archive, and kubectl runs it";
}

function tryExtension(plan: ReleasePlan): string {
  const file = path.join(plan.folder, `vscode-dbops-${plan.version}.vsix`);
  const manifest = JSON.parse(succeed("unzip", ["-p", file, "extension/package.json"])) as { readonly version: string };
  expect(succeed("unzip", ["-p", file, "extension/THIRD-PARTY-LICENSES.txt"]), "js-yaml");
  if (manifest.version !== plan.version) throw new Error(`the extension says version ${manifest.version}`);
  return "tried  extension: it has the version of the release; pnpm test runs it in a real VS Code";
}
