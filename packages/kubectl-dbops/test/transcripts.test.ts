import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { shopFolder } from "./support/folder.ts";
import { buildBundle, needsKubectl, shell } from "./support/kubectl.ts";

const folder = path.join(import.meta.dirname, "transcripts");
const isUpdating = process.env.DBOPS_UPDATE === "1";

/** The commands of a transcript, in order: lines that begin with `$ `. Lines that begin with `#` before the first one are for readers. */
function commandsOf(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => (line.startsWith("$ ") ? [line.slice(2)] : []));
}

/** Runs the commands one after another in a fresh copy of the manifests, and writes down what a person would see. */
function record(text: string): string {
  const shop = shopFolder();
  const intro = text.slice(0, text.search(/^\$ /m));
  const runs = commandsOf(text).map((command) => {
    const { stdout, stderr, code } = shell(command, shop);
    const parts = [`$ ${command}\n`, stdout, stderr === "" ? "" : `--- stderr\n${stderr}`, `--- exit ${code}\n`];
    return parts.map((part) => (part === "" || part.endsWith("\n") ? part : `${part}\n`)).join("");
  });
  return intro + runs.join("\n");
}

describe("transcripts: the built plugin through the real kubectl", function () {
  this.timeout(60_000);
  before(function () {
    needsKubectl(this);
    buildBundle();
  });

  for (const name of readdirSync(folder))
    it(name, () => {
      const file = path.join(folder, name);
      const expected = readFileSync(file, "utf8");
      const actual = record(expected);
      if (isUpdating) writeFileSync(file, actual);
      else assert.equal(actual, expected, `${name} is no longer true; look, then pnpm test:update`);
    });
});
