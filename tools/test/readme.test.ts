import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, root } from "./support/folders.ts";

const page = path.join(root, "README.md");
const isUpdating = process.env.DBOPS_UPDATE === "1";

/** Not run from inside a test: they install, build or test, and are run by everybody who gets here. */
const outer = /^npx -y pnpm@[\d.]+ (install|build|test|check)\b/;

interface Run {
  readonly output: string;
  readonly status: number | null;
}

/** A home with a repository of the reader's own. */
const home = folderWith();
cpSync(path.join(root, "examples/shop"), path.join(home, "src/shop"), { recursive: true });

/** Runs a command line as a reader would, in the root of a clone, with the built plugin on the PATH. */
function run(command: string): Run {
  const { stdout, stderr, status } = spawnSync("bash", ["-c", command], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      HOME: home,
      PATH: `${path.join(root, "packages/kubectl-dbops/dist")}:${process.env.PATH ?? ""}`,
      NO_COLOR: "1",
      FORCE_COLOR: "",
    },
  });
  return { output: stdout + stderr, status };
}

const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] ?? "");

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;

describe("README", () => {
  before(function () {
    if (!hasKubectl && process.env.CI !== "true") {
      process.stderr.write("README: skipped, its commands need kubectl\n");
      this.skip();
    }
    assert.ok(hasKubectl, "in CI the commands of the README are run: kubectl is missing");
    // Builds the plugin where it is missing or older than its sources.
    assert.equal(spawnSync(process.execPath, ["tools/dbops.mjs", "version"], { cwd: root }).status, 0);
  });

  for (const block of blocks(readFileSync(page, "utf8"), "console")) {
    const [first = "", ...rest] = block.split("\n");
    const command = first.replace(/^\$ /, "");
    it(`shows what this prints: ${command}`, () => {
      const { output } = run(command);
      if (isUpdating) {
        const text = readFileSync(page, "utf8");
        writeFileSync(
          page,
          text.replace(block, () => `${first}\n${output}`),
        );
      } else assert.equal(output, rest.join("\n"));
    });
  }

  const commands = blocks(readFileSync(page, "utf8"), "sh")
    .flatMap((block) => block.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !outer.test(line));
  for (const command of commands) {
    it(`is right that this works: ${command}`, () => {
      const { output, status } = run(command);
      assert.ok(status === 0 || status === 1, `exit code ${status}\n${output}`);
      assert.doesNotMatch(output, /^error:/m);
    });
  }
});
