// The guides show manifests and what dbops says of them. Followed here as a reader would: a block that begins with the name of a file
// is saved under it, and each console block prints what the page shows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, root, run, succeed } from "./support/folders.ts";

const isUpdating = process.env.DBOPS_UPDATE === "1";
const folder = path.join(root, "docs/guides");

const fenced = /^```(\w+)\n([\s\S]*?)^```/gm;

/** Runs a command line of a page in a folder with the page's files, with the built plugin on the PATH. */
function print(command: string, cwd: string): string {
  const { stdout, stderr } = run("bash", ["-c", command.replace(/^kubectl dbops/, "kubectl-dbops")], {
    cwd,
    env: {
      PATH: `${path.join(root, "packages/kubectl-dbops/dist")}:${process.env.PATH ?? ""}`,
      NO_COLOR: "1",
      FORCE_COLOR: "",
    },
  });
  return stdout + stderr;
}

describe("the guides", function () {
  this.timeout(120_000);
  // Builds the plugin where it is missing or older than its sources.
  before(() => void succeed(process.execPath, ["tools/dbops.mjs", "version"]));

  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const page = readFileSync(file, "utf8");

    it(`${name} shows what dbops says of its manifests, and links to each rule that reports`, () => {
      const cwd = folderWith();
      const reported = new Set<string>();
      const written = page.replace(fenced, (block, language: string, text: string) => {
        if (language === "yaml" || language === "sql") {
          const [, saved] = /^(?:#|--) ([\w.-]+\.(?:yaml|sql))\n/.exec(text) ?? [];
          assert.ok(saved !== undefined, `a block does not begin with the name of its file:\n${text}`);
          writeFileSync(path.join(cwd, saved), text);
        }
        if (language !== "console") return block;
        const [first = "", ...shown] = text.split("\n");
        const output = `${print(first.replace(/^\$ /, ""), cwd).trimEnd()}\n`;
        for (const [, id = ""] of output.matchAll(/^\S+:\d+:\d+ +(?:error|warning|info) +(\S+)/gm)) reported.add(id);
        if (!isUpdating) assert.equal(output, shown.join("\n"), first);
        return `\`\`\`console\n${first}\n${output}\`\`\``;
      });
      if (isUpdating) writeFileSync(file, written);
      assert.match(page, /^```console$/m, "it shows no command");
      for (const id of reported) assert.ok(page.includes(`](../rules/${id}.md)`), `${id} reports and is not explained`);
      assert.ok(page.includes("](../rules/"), "it leads to rules");
    });
  }
});
