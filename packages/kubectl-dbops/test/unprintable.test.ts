import assert from "node:assert/strict";
import { reporters } from "../src/reporters/index.ts";
import { folderWith } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

const esc = "\u001b";
const backwards = "\u202e";
/** Begins a line of its own in whatever names it, changes the colour, deletes, turns the direction of writing. */
const command = `\n::stop-commands::x${esc}[31m\u0007\u009b2J${backwards}`;

const manifest = (name: string): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${JSON.stringify(name)} }
spec:
  serviceName: ${JSON.stringify(`::stop-commands::${name}`)}
  replicas: 3
  selector: { matchLabels: { app: a } }
  template:
    metadata: { labels: { app: a } }
    spec:
      containers:
        - name: ${JSON.stringify(`::stop-commands::${name}`)}
          image: postgres:12 # ${backwards}
          env:
            - name: ${JSON.stringify(`::stop-commands::${name}PASSWORD`)}
              value: x
            - name: ${JSON.stringify(`${name}PASSWORD`)}
              value: y
`;

function folder(): string {
  return folderWith({
    [`a${command}.yaml`]: manifest(`orders${command}`),
    "::stop-commands::b.yaml": manifest("::stop-commands::orders"),
    [`c${command}.yaml`]: `kind: Service\n a: [\n`,
    ".dbops.yaml": `${JSON.stringify(`rulez${command}`)}: x\n`,
  });
}

function assertHarmless(text: string, what: string): void {
  for (const line of text.split("\n")) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/, what);
    assert.doesNotMatch(line, /^\s*(##|::(?!(error|warning|notice) file=))/, what);
  }
}

describe("names that a terminal or a CI log would obey", () => {
  for (const format of Object.keys(reporters))
    it(`are text in ${format}, and in --debug`, () => {
      const { out, err } = dbops(folder(), ["lint", ".", "--preset=all", "--debug", "-o", format], { width: 400 });
      assert.ok(out.includes("stop-commands"), out);
      assertHarmless(out, format);
      assertHarmless(err, "--debug");
    });

  it("are text in pool, in what --fix says, in what could not be read, and in errors of usage", () => {
    for (const words of [
      ["pool", "."],
      ["pool", ".", "-o", "json"],
      ["pool", ".", "-o", "markdown"],
      ["config", "verify"],
      ["lint", `missing${command}.yaml`],
      ["lint", "-o", `human${command}`],
      [`lint${command}`],
      ["lint", ".", "--fix", "--unsafe-fixes"],
    ]) {
      const { out, err } = dbops(folder(), words);
      assertHarmless(out, words.join(" "));
      assertHarmless(err, words.join(" "));
    }
  });

  it("are read back by whoever parses JSON", () => {
    const { out } = dbops(folder(), ["lint", ".", "--preset=all", "-o", "json"]);
    const report = JSON.parse(out) as { readonly findings: readonly { readonly path: string }[] };
    assert.ok(report.findings.some(({ path }) => path === `a${command}.yaml`));
  });
});
