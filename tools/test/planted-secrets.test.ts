import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { readFixture } from "../../packages/core/test/support/fixture.ts";
import { reporters } from "../../packages/kubectl-dbops/src/reporters/index.ts";
import { folderWith } from "../../packages/kubectl-dbops/test/support/folder.ts";
import { buildBundle, distFolder } from "../../packages/kubectl-dbops/test/support/kubectl.ts";
import { broken, type Files, mark, numbers, planted, saidAbout } from "./support/planted-secrets.ts";
import { secretPlaces } from "./support/secret-places.ts";

function assertNothingShown(files: Files): void {
  for (const [where, text] of saidAbout(files)) {
    const at = Math.max(text.indexOf(mark), text.indexOf(Buffer.from(mark).toString("base64").slice(0, 6)));
    if (at < 0) continue;
    const shown = text.slice(Math.max(0, at - 400), at + 200);
    assert.fail(`${where} shows a secret:\n${shown}\n--- of ---\n${Object.values(files).join("\n---\n")}`);
  }
}

const fixtures = path.join(import.meta.dirname, "../../packages/core/test/rules");

function fixtureCases(): readonly Files[] {
  return readdirSync(fixtures)
    .filter((name) => name.endsWith(".yaml") && !name.endsWith(".fixed.yaml"))
    .flatMap((name) => readFixture(readFileSync(path.join(fixtures, name), "utf8"), name))
    .map(({ files }) => Object.fromEntries(files.map(({ uri, text }) => [uri.slice("/case/".length), planted(text)])))
    .filter((files) => Object.values(files).some((text) => text.includes(mark)));
}

describe("planted secrets", function () {
  this.timeout(120_000);
  const places = Object.entries(secretPlaces(mark));

  for (const [name, text] of places) it(`are not shown: ${name}`, () => assertNothingShown({ "a.yaml": text }));

  it("are not shown in the cases of the rules, whole and broken", () => {
    const random = numbers(20261128);
    const cases = fixtureCases();
    assert.ok(cases.length > 30, `${cases.length} cases with secrets`);
    for (const files of cases) {
      assertNothingShown(files);
      const mutant = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, broken(text, random)]));
      assertNothingShown(mutant);
    }
  });

  it("are not shown in broken manifests", () => {
    const random = numbers(7);
    // What is written behind an anchor is a secret only as long as the line that names it is there.
    for (const [name, text] of places)
      if (name !== "an alias")
        for (let round = 0; round < 12; round++) assertNothingShown({ "a.yaml": broken(text, random) });
  });

  // Manifests of other people: `DBOPS_CORPUS=FOLDER pnpm test tools/test/planted-secrets.test.ts`
  const corpus = process.env.DBOPS_CORPUS;
  if (corpus !== undefined)
    it("are not shown in the manifests of a folder, whole and broken", function () {
      this.timeout(0);
      const random = numbers(20261128);
      const names = readdirSync(corpus, { recursive: true, encoding: "utf8" }).filter((name) => /\.ya?ml$/.test(name));
      for (const name of names) {
        const file = path.join(corpus, name);
        if (statSync(file).size > 100_000) continue;
        const text = planted(readFileSync(file, "utf8"));
        if (!text.includes(mark)) continue;
        assertNothingShown({ "a.yaml": text });
        assertNothingShown({ "a.yaml": broken(text, random) });
      }
    });

  it("are not shown by the plugin as it is built: --debug, --diff, pool, a baseline", () => {
    buildBundle();
    const random = numbers(42);
    const files = Object.fromEntries(
      places.flatMap(([, text], index) => [
        [`whole-${index}.yaml`, text],
        [`broken-${index}.yaml`, broken(text, random)],
      ]),
    );
    const folder = folderWith(files);
    const run = (...words: string[]): string => {
      const { stdout, stderr } = spawnSync(process.execPath, [path.join(distFolder, "kubectl-dbops"), ...words], {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      return stdout + stderr;
    };
    const said = [
      ...Object.keys(reporters).map((format) => run("lint", ".", "--preset", "all", "--debug", "-o", format)),
      run("lint", ".", "--preset", "all", "--diff", "--unsafe-fixes"),
      run("lint", ".", "--preset=all", "--write-baseline", "--debug"),
      readFileSync(path.join(folder, ".dbops-baseline.json"), "utf8"),
      run("pool", ".", "-o", "json"),
      run("lint", ".", "--preset", "all", "--fix", "--unsafe-fixes"),
    ];
    for (const text of said)
      assert.equal(
        text.split("\n").find((line) => line.includes(mark)),
        undefined,
      );
  });
});
