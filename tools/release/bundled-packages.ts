import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { kubeconfigOnly } from "../../packages/kubectl-dbops/kubeconfig-only.mjs";
import { root } from "./plan.ts";

/** Somebody else's package, part of which is in what we publish. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** What its license wants to be passed on. */
  readonly licenseText: string;
}

/** What is published as code, and where it begins. */
const entries = {
  "kubectl-dbops": { files: ["src/main.ts", "src/completion/main.ts"], external: [] },
  "vscode-dbops": { files: ["src/extension.ts"], external: ["vscode"] },
};

/** The packages whose code really is in a bundle: not what is installed, but what esbuild puts in. */
export async function bundledPackages(name: keyof typeof entries): Promise<readonly BundledPackage[]> {
  const { files, external } = entries[name];
  const { metafile } = await esbuild.build({
    absWorkingDir: path.join(root, "packages", name),
    entryPoints: [...files],
    external: [...external],
    plugins: [kubeconfigOnly],
    bundle: true,
    platform: "node",
    write: false,
    metafile: true,
    outdir: "out",
    logLevel: "error",
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const folders = used.flatMap((file) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(folders)].map((folder) => readPackage(path.join(root, "packages", name, folder))).sort(byName);
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Omit<
    BundledPackage,
    "licenseText"
  >;
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
  if (file === undefined || !existsSync(path.join(folder, file)))
    throw new Error(`${name} ${version} has no license text: it cannot be passed on`);
  return { name, version, license, licenseText: readFileSync(path.join(folder, file), "utf8").trim() };
}

const byName = (a: BundledPackage, b: BundledPackage): number => (a.name < b.name ? -1 : 1);

/** The license texts in one file, as the licenses ask. */
export function thirdPartyLicenses(packages: readonly BundledPackage[]): string {
  const intro = "dbops is licensed under Apache-2.0 (LICENSE). It contains parts of these packages:\n";
  const texts = packages.map(
    ({ name, version, license, licenseText }) =>
      `\n${"-".repeat(78)}\n${name} ${version} (${license})\n\n${licenseText}\n`,
  );
  return intro + texts.join("");
}
