import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.env.VSCODE_TEST_EXECUTABLE ?? "";
const mustRun = process.env.DBOPS_EDITOR_TESTS === "required";

const hint = `
  The editor tests were SKIPPED: they need a VS Code.
    with Debian or Ubuntu:   node packages/vscode-dbops/test/host/set-up-server.mjs
                             export VSCODE_TEST_EXECUTABLE="$PWD/packages/vscode-dbops/test/host/vscode-on-server.mjs"
    with a VS Code at hand:  export VSCODE_TEST_EXECUTABLE=/path/to/code
    with the internet:       node packages/vscode-dbops/test/host/run-e2e.mjs   (downloads one)
`;

function run(script: string, name: string, env: Readonly<Record<string, string>> = {}): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(here, script)], {
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, ...env },
  });
  const count = [...stdout.matchAll(/(\d+) passing/g)].at(-1)?.[1];
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.ok(Number(count) > 0, `no test ran: ${stdout}`);
  process.stdout.write(`\n  ${count} ${name}\n`);
}

describe("in a real VS Code", function () {
  this.timeout(620_000);
  if (wanted === "" && !mustRun) {
    it("the editor tests");
    before(() => process.stdout.write(hint));
    return;
  }
  before(() => {
    assert.ok(existsSync(wanted), `VSCODE_TEST_EXECUTABLE is ${wanted || "not set"}; set-up-server.mjs provides one`);
  });
  it("the tests in its extension host pass", () => run("host/run-e2e.mjs", "tests in the extension host passed"));
  // The user interface and the web worker are driven where the VS Code is the one that set-up-server.mjs provides.
  if (!wanted.endsWith("vscode-on-server.mjs")) return;
  it("the extension works in the oldest VS Code that its manifest allows", () =>
    run("host/run-e2e.mjs", "tests in VS Code 1.90 passed", {
      DBOPS_VSCODE_EDITION: "oldest",
      DBOPS_E2E_GREP: "diagnostics|code actions|hovers|completion|inlay hints",
    }));
  it("the packaged extension works in the user interface", () =>
    run("ui/drive.mjs", "things done in the user interface"));
  it("the code of a finding opens its page in the browser", () =>
    run("ui/drive-web.mjs", "things done in the browser alone"));
  it("the tests in the web worker pass", () => run("web/run-web.mjs", "tests in the web worker passed"));
});
