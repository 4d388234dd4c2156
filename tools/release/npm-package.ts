import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundledPackages, thirdPartyLicenses } from "./bundled-packages.ts";
import { type ReleasePlan, root } from "./plan.ts";
import { succeed } from "./run.ts";

const source = path.join(root, "packages/kubectl-dbops");

/** Builds the command line and packs it for npm: `kubectl-dbops-VERSION.tgz`, which depends on nothing. Gives its name. */
export async function packForNpm(plan: ReleasePlan): Promise<string> {
  succeed(process.execPath, ["build.mjs"], source);
  const stage = path.join(plan.folder, "npm");
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  // V8's cache is made for this machine's Node: the first run writes one of its own.
  cpSync(path.join(source, "dist"), path.join(stage, "dist"), {
    recursive: true,
    filter: (file) => !file.endsWith(".cache"),
  });
  cpSync(path.join(source, "schema"), path.join(stage, "schema"), { recursive: true });
  cpSync(path.join(source, "README.md"), path.join(stage, "README.md"));
  cpSync(path.join(root, "LICENSE"), path.join(stage, "LICENSE"));
  writeFileSync(
    path.join(stage, "THIRD-PARTY-LICENSES.txt"),
    thirdPartyLicenses(await bundledPackages("kubectl-dbops")),
  );
  writeFileSync(path.join(stage, "package.json"), `${JSON.stringify(manifestFor(plan, stage), null, 2)}\n`);
  const packed = succeed("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", plan.folder], stage);
  const [{ filename } = { filename: "" }] = JSON.parse(packed) as readonly { readonly filename: string }[];
  rmSync(stage, { recursive: true });
  return filename;
}

/** The workspace's package.json, without what only the workspace needs. */
function manifestFor(plan: ReleasePlan, stage: string): object {
  const { devDependencies, scripts, ...own } = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8"));
  return {
    ...own,
    version: plan.version,
    homepage: plan.homePage,
    // npm compares the repository with the one whose CI publishes: https://docs.npmjs.com/generating-provenance-statements
    repository: { type: "git", url: `git+${plan.homePage}.git` },
    publishConfig: { access: "public", provenance: true },
    files: readdirSync(stage).filter((name) => name !== "package.json"),
  };
}
