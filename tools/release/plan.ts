import { readFileSync } from "node:fs";
import path from "node:path";
import { succeed } from "./run.ts";

export const root = path.resolve(import.meta.dirname, "../..");

/** What a release is made of and where it goes. */
export interface ReleasePlan {
  readonly version: string;
  /** Where the project lives on the web, without a trailing slash; archives are downloaded from below it. */
  readonly homePage: string;
  /** Gets the files that are published. */
  readonly folder: string;
  /** Written into files that hold a time, so that the same commit gives the same bytes. https://reproducible-builds.org/specs/source-date-epoch/ */
  readonly date: Date;
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
  return { version, homePage: homepage ?? pretendedHome, folder, date: releaseDate() };
}

/** SOURCE_DATE_EPOCH, otherwise when the commit was made. */
function releaseDate(): Date {
  const seconds = process.env.SOURCE_DATE_EPOCH ?? succeed("git", ["log", "-1", "--format=%ct"]);
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) throw new Error(`SOURCE_DATE_EPOCH is no number of seconds: ${seconds}`);
  return date;
}

/** Where a file of the release is downloaded from. */
export function addressOf(plan: ReleasePlan, file: string): string {
  return `${plan.homePage}/releases/download/v${plan.version}/${file}`;
}
