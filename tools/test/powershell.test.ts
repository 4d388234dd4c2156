import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Language, Parser } from "web-tree-sitter";
import { root } from "./support/folders.ts";

// PowerShell itself comes from no registry that CI reaches, so CI has only its grammar; where pwsh is installed, shells.test.ts runs it.
describe("the script for PowerShell", () => {
  let parser: Parser;
  before(async () => {
    await Parser.init();
    const grammar = createRequire(import.meta.url).resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
    parser = new Parser();
    parser.setLanguage(await Language.load(grammar));
  });
  const isCorrect = (text: string): boolean => parser.parse(text)?.rootNode.hasError === false;

  it("is PowerShell", () => {
    const script = readFileSync(path.join(root, "packages/kubectl-dbops/completion/kubectl-dbops.ps1"), "utf8");
    assert.ok(isCorrect(script));
    assert.equal(isCorrect(script.replace("foreach ($line in $values) {", "foreach ($line in $values {")), false);
  });
});
