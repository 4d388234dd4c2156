import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { builtDbops } from "./support/run.ts";

const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";

// A device never ends, and a pipe without a writer waits for one.
(process.platform === "win32" ? describe.skip : describe)("files that are none", () => {
  const root = mkdtempSync(path.join(tmpdir(), "dbops-special-"));
  after(() => rmSync(root, { recursive: true }));
  const kinds: Readonly<Record<string, (file: string) => void>> = {
    "a device": (file) => symlinkSync("/dev/zero", file),
    "a pipe": (file) => assert.equal(spawnSync("mkfifo", [file]).status, 0),
  };
  const uses: Readonly<Record<string, { readonly name: string; readonly words: readonly string[] }>> = {
    "as a manifest": { name: "b.yaml", words: ["lint", "b.yaml"] },
    "as the configuration of a flag": { name: "c.yaml", words: ["lint", "--config", "c.yaml", "a.yaml"] },
    "as the configuration of the folder": { name: ".dbops.yaml", words: ["lint", "."] },
    "as a baseline": { name: "baseline.json", words: ["lint", "--baseline=baseline.json", "a.yaml"] },
  };
  let number = 0;
  for (const [kind, make] of Object.entries(kinds)) {
    for (const [use, { name, words }] of Object.entries(uses)) {
      it(`${kind} ${use} is named, and not read`, () => {
        const folder = path.join(root, `${number++}`);
        mkdirSync(path.join(folder, ".git"), { recursive: true });
        writeFileSync(path.join(folder, "a.yaml"), manifest);
        make(path.join(folder, name));
        const { code, err } = builtDbops(folder, words, 20_000);
        assert.equal(code, 2, err);
        assert.match(err, new RegExp(`${name.replace(".", "\\.")}: not a regular file`));
      }).timeout(40_000);
    }
    it(`${kind} as .gitignore ignores nothing`, () => {
      const folder = path.join(root, `${number++}`);
      mkdirSync(path.join(folder, ".git"), { recursive: true });
      writeFileSync(path.join(folder, "a.yaml"), manifest);
      make(path.join(folder, ".gitignore"));
      assert.equal(builtDbops(folder, ["lint", "."], 20_000).code, 0);
    }).timeout(40_000);
  }
});
