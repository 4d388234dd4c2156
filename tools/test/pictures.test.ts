import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, needs, root, run } from "./support/folders.ts";
import { terminalPicture } from "./support/terminal-picture.ts";

const isUpdating = process.env.DBOPS_UPDATE === "1";
const images = path.join(root, "docs/images");

describe("the pictures of the README", function () {
  this.timeout(60_000);
  before(function () {
    needs(this, "kubectl version --client", "kubernetes-client");
    needs(this, "script --version", "bsdutils");
    run(process.execPath, [path.join(root, "tools/dbops.mjs"), "version"]);
  });

  it("show in a terminal what these commands print today", () => {
    const folder = folderWith({
      "overlays/prod/kustomization.yaml":
        "resources: [../../shop]\nnamespace: shop\nreplicas:\n  - name: postgres\n    count: 1\n  - name: api\n    count: 6\n",
      "shop/kustomization.yaml": "resources: [api.yaml, postgres.yaml, migrate.yaml]\n",
    });
    cpSync(path.join(root, "examples/shop"), path.join(folder, "shop"), { recursive: true });
    const env = { PATH: `${path.join(root, "packages/kubectl-dbops/dist")}:${process.env.PATH}` };
    const scenes = [
      "kubectl dbops lint --min-severity error shop/postgres.yaml shop/api.yaml",
      "kubectl dbops lint -k overlays/prod --select pooler-exceeds-max-connections",
      "kubectl dbops pool shop/",
      "kubectl dbops lint --diff --unsafe-fixes shop/migrate.yaml",
    ].map((command) => {
      const { stdout, stderr, status } = run("script", ["-qec", `stty cols 100; ${command}`, "/dev/null"], {
        cwd: folder,
        env: { ...env, TERM: "xterm-256color", CI: "true", COLUMNS: "" },
      });
      assert.notEqual(status, 2, stderr);
      // A slow machine says what it is doing and takes it back.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away
      return { command, output: stdout.replaceAll("\r\n", "\n").replace(/\r\u001b\[K[^\r\u001b]*/g, "") };
    });
    const picture = terminalPicture("dbops in a terminal: lint, -k, pool and fixes, one after the other", scenes);
    const file = path.join(images, "terminal.svg");
    if (isUpdating) writeFileSync(file, picture);
    else
      assert.equal(readFileSync(file, "utf8"), picture, "docs/images/terminal.svg is no longer true: pnpm test:update");
  });

  // The user-interface test of the extension takes the screenshot and writes down the messages in it; pixels are not compared.
  it("show in the editor messages that are still said", () => {
    const messages = readFileSync(path.join(images, "vscode-problems.txt"), "utf8").trimEnd().split("\n");
    assert.ok(existsSync(path.join(images, "vscode-problems.png")) && messages.length > 3);
    const folder = folderWith();
    cpSync(path.join(root, "examples/shop"), folder, { recursive: true });
    const program = path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops");
    const { stdout } = run(program, ["lint", "-o", "json", "postgres.yaml"], { cwd: folder });
    const { findings }: { readonly findings: readonly { readonly message: string }[] } = JSON.parse(stdout);
    const said = new Set(findings.map(({ message }) => message));
    for (const message of messages) assert.ok(said.has(message), `the picture is old, run ui/drive.mjs: ${message}`);
  });
});
