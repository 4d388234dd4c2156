import { execFileSync } from "node:child_process";
import { complete } from "./complete.ts";
import { sourcesWith } from "./proposals.ts";

/** Branches and tags; none where git or a repository is missing: completion never complains. */
function revisions(): readonly string[] {
  try {
    return execFileSync(
      "git",
      ["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      },
    )
      .split("\n")
      .filter((name) => name !== "");
  } catch {
    return [];
  }
}

const { values, directive } = complete(process.argv.slice(3), sourcesWith(revisions));
const lines = values.map(([value, description]) => (description === "" ? value : `${value}\t${description}`));
process.stdout.write([...lines, `:${directive}`, ""].join("\n"));
