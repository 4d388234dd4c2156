import assert from "node:assert/strict";
import path from "node:path";
import { LintSession } from "@dbops/session";
import { differencesOf } from "../fuzz/built.ts";
import { type Mutant, mutantOf } from "../fuzz/mutant.ts";
import { readSources } from "../fuzz/sources.ts";
import { executableFor } from "../release/executables.ts";
import { packExtension } from "../release/extension.ts";
import { readPlan } from "../release/plan.ts";
import { folderWith, needs, root, run, succeed } from "./support/folders.ts";
import { npmPackage } from "./support/registry.ts";
import { type Marker, openedIn } from "./support/small-vscode.ts";

/** Texts that only the library that is loaded late reads, and some hundred that nobody writes on purpose. */
const sources = readSources(undefined);
const odd: readonly Mutant[] = [
  ["kind: Service\nmetadata:\t{ name: a }\n", "a tab behind a colon"],
  ["kind: ConfigMap\nmetadata: { name: a }\ndata: { a: [b: c, {d\n  }] }\n", "brackets in the column of their key"],
  ["kind: Service\nmetadata: &a\t{ name: *a }\n", "an alias of what contains it"],
].map(([text = ""], seed) => ({ seed, files: new Map([["odd.yaml", `apiVersion: v1\n${text}`]]) }));
const inputs: readonly Mutant[] = [
  ...odd,
  ...Array.from({ length: 300 }, (_, index) => mutantOf(1000 + index, sources)),
  ...sources.map((files, index) => ({ seed: 2000 + index, files })).filter((_, index) => index % 5 === 0),
];

const same = (program: string): void => {
  const differences = differencesOf(program, inputs);
  assert.deepEqual(
    differences.map(
      ({ mutant, find }) => `${mutant.seed}: ${find.detail}\n${[...mutant.files.values()].join("---\n")}`,
    ),
    [],
  );
};

describe("what ships finds in odd texts what the source finds", function () {
  this.timeout(300_000);

  it("the built launcher", () => {
    run(process.execPath, [path.join(root, "tools/dbops.mjs"), "version"]);
    same(path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops"));
  });

  it("the npm package", async () => {
    const { archive } = await npmPackage();
    const folder = folderWith();
    succeed("tar", ["-xzf", archive, "-C", folder]);
    same(path.join(folder, "package/dist/kubectl-dbops"));
  });

  it("an executable, made of the Node that runs here", async () => {
    run(process.execPath, [path.join(root, "tools/dbops.mjs"), "version"]);
    same(await executableFor(process.execPath, folderWith()));
  });

  describe("the packaged extension", () => {
    let folder: string;
    before(function () {
      needs(this, "unzip -v", "unzip");
      const plan = readPlan(folderWith(), "rehearsal");
      folder = folderWith();
      succeed("unzip", ["-q", path.join(plan.folder, packExtension(plan, [])), "-d", folder]);
    });
    for (const [kind, entry] of [
      ["desktop", "extension.cjs"],
      ["web", "extension.web.js"],
    ] as const)
      it(kind, async () => {
        const texts = new Map(
          inputs.flatMap(({ seed, files }) =>
            [...files].flatMap(([name, text]) => (/\.ya?ml$/.test(name) ? [[`/${seed}/${name}`, text] as const] : [])),
          ),
        );
        const shown = await openedIn(path.join(folder, "extension/dist", entry), kind, texts);
        let count = 0;
        for (const [name, text] of texts) {
          const expected = bySource(name, text);
          count += expected.length;
          assert.deepEqual(shown.get(name) ?? [], expected, `${name}\n${text}`);
        }
        assert.ok(count > 300, `${count} findings`);
      });
  });
});

const severities = { error: 0, warning: 1, info: 2 };

/** What the sources of the extension find in a document that belongs to no folder. */
function bySource(name: string, text: string): readonly Marker[] {
  const uri = `file://${name}`;
  const session = new LintSession(uri.slice(0, uri.lastIndexOf("/")), "file");
  session.texts.setOpen(uri, text);
  const today = new Date().toISOString().slice(0, 10);
  const { shown, files } = session.lint(new Set([uri]), { exclude: [], configFile: undefined }, today);
  return (shown.get(uri) ?? []).map(({ ruleId, severity, location, message }) => {
    const file = files.get(uri)!;
    const [start, end] = [file.positionAt(location.span.start), file.positionAt(location.span.end)];
    return [ruleId, severities[severity], [start.line, start.column, end.line, end.column], message];
  });
}
