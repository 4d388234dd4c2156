import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BundledPackage, thirdPartyLicenses } from "./bundled-packages.ts";
import { type ReleasePlan, root } from "./plan.ts";
import { succeed } from "./run.ts";

const source = path.join(root, "packages/vscode-dbops");
const programs = path.join(source, "node_modules/.bin");

/** Builds and packs the extension, with the licenses of its parts; gives the name of the file. */
export function packExtension(plan: ReleasePlan, parts: readonly BundledPackage[]): string {
  writeFileSync(path.join(source, "THIRD-PARTY-LICENSES.txt"), thirdPartyLicenses(parts));
  succeed(process.execPath, ["build.mjs"], source);
  const names = succeed(path.join(programs, "vsce"), ["ls", "--no-dependencies"], source).trim().split("\n");
  const stage = mkdtempSync(path.join(tmpdir(), "dbops-extension-"));
  try {
    // The archive holds modes and times of its files: here they are the same, whatever the umask and the day were.
    for (const name of [...names, ".vscodeignore"]) {
      cpSync(path.join(source, name), path.join(stage, name));
      chmodSync(path.join(stage, name), 0o644);
    }
    writeFileSync(path.join(stage, "build.mjs"), "// built already\n");
    const env = {
      PATH: [programs, process.env.PATH].join(path.delimiter),
      SOURCE_DATE_EPOCH: String(Math.floor(plan.date.getTime() / 1000)),
      TZ: "UTC",
    };
    succeed("npm", ["run", "package"], stage, env);
    const file = `vscode-dbops-${plan.version}.vsix`;
    cpSync(path.join(stage, "dist/vscode-dbops.vsix"), path.join(plan.folder, file));
    return file;
  } finally {
    rmSync(stage, { recursive: true });
  }
}
