import { readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

/** What a release is made of and where it goes. */
export interface ReleasePlan {
  readonly version: string;
  /** Where the project lives on the web, without a trailing slash; archives are downloaded from below it. */
  readonly homePage: string;
  /** Gets the files that are published. */
  readonly folder: string;
}

/** Stands in where package.json names no homepage: a rehearsal needs none, a release does. */
const pretendedHome = "https://dbops.example.com";

/** @throws Error where a release could not be published from this state of the repository */
export function readPlan(folder: string, purpose: "release" | "rehearsal"): ReleasePlan {
  const { version, homepage } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    readonly version: string;
    readonly homepage?: string;
  };
  if (purpose === "release") {
    if (homepage === undefined) throw new Error("package.json names no homepage, which krew and npm need");
    if (!readFileSync(path.join(root, "CHANGELOG.md"), "utf8").includes(`\n## ${version}`))
      throw new Error(`CHANGELOG.md has no section ${version}: rename Unreleased`);
  }
  return { version, homePage: homepage ?? pretendedHome, folder };
}

/** Where a file of the release is downloaded from. */
export function addressOf(plan: ReleasePlan, file: string): string {
  return `${plan.homePage}/releases/download/v${plan.version}/${file}`;
}
