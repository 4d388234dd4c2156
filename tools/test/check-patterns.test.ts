import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkPatterns } from "../check-patterns.ts";

describe("the check of regular expressions", () => {
  const root = mkdtempSync(path.join(tmpdir(), "dbops-patterns-"));
  after(() => rmSync(root, { recursive: true }));

  it("names each that takes longer than its text is long, by line, and no other", async () => {
    const folder = path.join(root, "packages/some/src/deep");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path.join(folder, "patterns.ts"),
      [
        "export const linear: RegExp = /^a+$/;",
        "export const quadratic = /b+$/;",
        "export const cubic = /^c*c*c*$/;",
        'export const exponential = new RegExp("^(d+)+$");',
        "export const templated = (word: string): RegExp => new RegExp(`(?:$" + "{word}=.*)+$`);",
        "export const unreadable = (text: string): RegExp => new RegExp(text);",
        "// a comment with /(e+)+$/ in it",
      ].join("\n"),
    );
    const complaints = await checkPatterns(root);
    const lines = complaints.map((each) =>
      /^packages\/some\/src\/deep\/patterns\.ts:(\d+): .* (quadratic|cubic|cannot)/.exec(each),
    );
    assert.deepEqual(
      lines.map((match) => `${match?.[1]} ${match?.[2]}`),
      ["2 quadratic", "3 cubic", "4 cubic", "5 cubic", "6 cannot"],
    );
  }).timeout(300_000);
});
