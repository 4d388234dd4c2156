import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type BundledPackage, thirdPartyLicenses } from "./bundled-packages.ts";
import { type ReleasePlan, root } from "./plan.ts";
import { succeed } from "./run.ts";

/** Builds and packs the extension, with the licenses of its parts; gives the name of the file. */
export function packExtension(plan: ReleasePlan, parts: readonly BundledPackage[]): string {
  const source = path.join(root, "packages/vscode-dbops");
  const file = `vscode-dbops-${plan.version}.vsix`;
  writeFileSync(path.join(source, "THIRD-PARTY-LICENSES.txt"), thirdPartyLicenses(parts));
  succeed("npm", ["run", "package"], source);
  copyFileSync(path.join(source, "dist/vscode-dbops.vsix"), path.join(plan.folder, file));
  return file;
}
