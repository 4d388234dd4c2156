import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inject } from "postject";
import { withoutSignature } from "./mach-o.ts";
import { nodeFor, type Platform, platforms } from "./node-runtimes.ts";
import { root } from "./plan.ts";
import { succeed } from "./run.ts";
import { signAdHoc } from "./sign-mach-o.ts";
import { withoutCertificates } from "./windows-signature.ts";

const source = path.join(root, "packages/kubectl-dbops");

/** Node's own mark, behind which it looks for a program: https://nodejs.org/api/single-executable-applications.html */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

export const executableName = ({ os }: Platform): string => (os === "windows" ? "kubectl-dbops.exe" : "kubectl-dbops");

/**
 * Writes the command line with Node in one file for each platform, all on this machine; gives the file of each.
 * The built bundle has to be there.
 */
export async function buildExecutables(folder: string): Promise<ReadonlyMap<Platform, string>> {
  const work = path.join(folder, "executables");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const here = platforms.find(({ os, arch }) => os === process.platform && arch === goArchitecture());
  if (here === undefined) throw new Error(`executables are not built on ${process.platform} ${process.arch}`);
  const blob = programBlob(nodeFor(here), work);
  const files = new Map<Platform, string>();
  for (const platform of platforms) {
    const target = path.join(work, `${platform.os}-${platform.arch}`, executableName(platform));
    mkdirSync(path.dirname(target));
    copyFileSync(nodeFor(platform), target);
    const isMac = platform.os === "darwin";
    if (isMac) writeFileSync(target, withoutSignature(readFileSync(target)));
    if (platform.os === "windows") writeFileSync(target, withoutCertificates(readFileSync(target)));
    await injectInto(target, blob, isMac ? { machoSegmentName: "NODE_SEA" } : {});
    if (isMac) writeFileSync(target, signAdHoc(readFileSync(target), "kubectl-dbops"));
    chmodSync(target, 0o755);
    files.set(platform, target);
  }
  return files;
}

/** Writes the command line into a copy of a Node of this machine's platform; gives the file. The built bundle has to be there. */
export async function executableFor(node: string, folder: string): Promise<string> {
  const target = path.join(folder, "kubectl-dbops");
  copyFileSync(node, target);
  await injectInto(target, programBlob(node, folder));
  chmodSync(target, 0o755);
  return target;
}

const injectInto = (
  target: string,
  blob: Buffer,
  options: { readonly machoSegmentName?: string } = {},
): Promise<void> => quietly(() => inject(target, "NODE_SEA_BLOB", blob, { sentinelFuse: fuse, ...options }));

/** What Node finds inside of its executable: the starter, and the files of dist/ as assets. Read by the version that made it. */
function programBlob(node: string, work: string): Buffer {
  const dist = path.join(source, "dist");
  const assets = readdirSync(dist).filter((name) => /\.(cjs|wasm)$/.test(name));
  const bundle = assets.find((name) => name.startsWith("dbops-"));
  if (bundle === undefined) throw new Error("the command line is not built");
  const main = path.join(work, "main.cjs");
  const starter = readFileSync(path.join(source, "launch-single.cjs"), "utf8");
  writeFileSync(main, starter.replace("DBOPS_BUNDLE", bundle));
  const configuration = path.join(work, "sea.json");
  const output = path.join(work, "program.blob");
  writeFileSync(
    configuration,
    JSON.stringify({
      main,
      output,
      disableExperimentalSEAWarning: true,
      // Both hold for one platform only.
      useSnapshot: false,
      useCodeCache: false,
      assets: Object.fromEntries(assets.map((name) => [name, path.join(dist, name)])),
    }),
  );
  succeed(node, ["--experimental-sea-config", configuration]);
  return readFileSync(output);
}

const goArchitecture = (): string => (process.arch === "x64" ? "amd64" : process.arch);

/** postject tells its progress on the console, and warns of the signature that was taken off on purpose. */
async function quietly(work: () => Promise<void>): Promise<void> {
  const { log, warn, error } = console;
  Object.assign(console, { log: () => {}, warn: () => {}, error: () => {} });
  try {
    await work();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
