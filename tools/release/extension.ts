import { writeFileSync } from "node:fs";
import path from "node:path";
import { type BundledPackage, thirdPartyLicenses } from "./bundled-packages.ts";
import { type ReleasePlan, root } from "./plan.ts";
import { succeed } from "./run.ts";

/** Builds and packs the extension, with the licenses of its parts; gives the name of the file. */
export function packExtension(plan: ReleasePlan, parts: readonly BundledPackage[]): string {
  const source = path.join(root, "packages/vscode-dbops");
  const file = `vscode-dbops-${plan.version}.vsix`;
  writeFileSync(path.join(source, "THIRD-PARTY-LICENSES.txt"), thirdPartyLicenses(parts));
  // Links and pictures of the README lead to what this version has.
  const from = (kind: "blob" | "raw"): string => `${plan.homePage}/${kind}/v${plan.version}/packages/vscode-dbops`;
  const words = [
    ...["vsce", "package", "--no-dependencies", "--allow-missing-repository"],
    ...["--baseContentUrl", from("blob"), "--baseImagesUrl", from("raw")],
    ...["-o", path.join(plan.folder, file)],
  ];
  succeed("npx", words, source);
  return file;
}
