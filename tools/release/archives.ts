import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type BundledPackage, thirdPartyLicenses } from "./bundled-packages.ts";
import { executableName } from "./executables.ts";
import type { Platform } from "./node-runtimes.ts";
import { root } from "./plan.ts";
import { succeed } from "./run.ts";

export const archiveName = ({ os, arch }: Platform): string => `kubectl-dbops_${os}_${arch}.tar.gz`;

const windowsCompletion =
  '@echo off\r\nrem kubectl completes "kubectl dbops" by asking this file.\r\nkubectl-dbops.exe __complete %*\r\n';

/** Packs an executable with what belongs to it (its license, those of its parts, what kubectl asks for completion); gives the name. */
export function packArchive(
  folder: string,
  platform: Platform,
  executable: string,
  parts: readonly BundledPackage[],
): string {
  const stage = path.join(folder, "archive");
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage);
  copyFileSync(executable, path.join(stage, executableName(platform)));
  const completion = path.join(root, "packages/kubectl-dbops/completion/kubectl_complete-dbops.sh");
  if (platform.os === "windows") writeFileSync(path.join(stage, "kubectl_complete-dbops.cmd"), windowsCompletion);
  else copyFileSync(completion, path.join(stage, "kubectl_complete-dbops"));
  copyFileSync(path.join(root, "LICENSE"), path.join(stage, "LICENSE"));
  writeFileSync(path.join(stage, "THIRD-PARTY-LICENSES.txt"), thirdPartyLicenses(parts));
  for (const name of ["kubectl-dbops", "kubectl_complete-dbops"])
    if (platform.os !== "windows") succeed("chmod", ["755", path.join(stage, name)]);
  const name = archiveName(platform);
  // The same content gives the same archive: no names of users, no time of today.
  const words = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=2020-01-01 00:00:00Z"];
  succeed("tar", [
    ...words,
    "--use-compress-program=gzip -n",
    "-cf",
    path.join(folder, name),
    "-C",
    stage,
    ...readdirSync(stage),
  ]);
  rmSync(stage, { recursive: true });
  return name;
}
