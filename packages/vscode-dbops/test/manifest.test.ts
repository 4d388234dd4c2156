import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const extension = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const root = path.join(extension, "../..");
const read = (name: string): string => readFileSync(path.join(extension, name), "utf8");
const manifest = JSON.parse(read("package.json"));
const texts: Readonly<Record<string, string>> = JSON.parse(read("package.nls.json"));
const settings: readonly string[] = Object.keys(manifest.contributes.configuration.properties);
/** The only place where settings are read. */
const requested = [...read("../session/src/editor/settings.ts").matchAll(/\bread\.get(?:<[^(]*>)?\("([\w.]+)"/g)].map(
  ([, name]) => `dbops.${name}`,
);

describe("the manifest of the extension", () => {
  it("has a problem matcher that reads each line of the command line's concise output", () => {
    const { stdout } = spawnSync(
      process.execPath,
      ["--import", "tsx", "packages/kubectl-dbops/src/main.ts", "lint", "-o", "concise", "examples/shop"],
      { cwd: root, encoding: "utf8" },
    );
    const [{ pattern }] = manifest.contributes.problemMatchers;
    const lines = stdout.split("\n").filter((line) => line !== "");
    assert.ok(lines.length > 5, stdout);
    for (const line of lines) {
      const found = new RegExp(pattern.regexp).exec(line);
      assert.ok(found, line);
      assert.ok(existsSync(path.join(root, found[pattern.file] ?? "")), line);
      assert.match(found[pattern.line] ?? "", /^\d+$/);
      assert.match(found[pattern.severity] ?? "", /^(error|warning|info)$/);
      assert.match(found[pattern.code] ?? "", /^[a-z-]+$/);
    }
  });

  it("has a text for each place that asks for one, and no text that nobody asks for", () => {
    const requested = new Set([...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, name]) => name));
    assert.deepEqual(
      [...requested].filter((name) => !(String(name) in texts)),
      [],
    );
    assert.deepEqual(
      Object.keys(texts).filter((name) => !requested.has(name)),
      [],
    );
  });

  it("has settings that the code reads and the README explains", () => {
    const readme = read("README.md");
    assert.deepEqual([...requested].sort(), [...settings].sort());
    for (const setting of settings) assert.ok(readme.includes(`\`${setting}\``), `${setting} is in the README`);
  });

  it("names files that are there", () => {
    const { contributes } = manifest;
    const files: readonly string[] = [
      manifest.icon,
      "./snippets/snippets.generated.json",
      ...contributes.walkthroughs.flatMap(({ steps }: { steps: { media: { markdown: string } }[] }) =>
        steps.map(({ media }) => media.markdown),
      ),
      ...[...read("README.md").matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) => String(file)),
    ];
    assert.ok(files.length > 5);
    for (const file of files) assert.ok(existsSync(path.join(extension, file)), file);
  });

  it("asks nothing of the network, of other extensions or of trust", () => {
    assert.equal(manifest.extensionDependencies, undefined);
    assert.deepEqual(manifest.capabilities, { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true });
    assert.equal(manifest.dependencies, undefined);
  });
});
