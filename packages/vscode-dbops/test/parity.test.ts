import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LintSession } from "../src/linting/lint-session.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** What both say of a finding. */
interface Row {
  readonly rule: string;
  readonly severity: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fingerprint: string;
  readonly related: number;
  readonly fixes: readonly string[];
}

/** A finding of `-o json`. */
interface Reported extends Omit<Row, "line" | "column" | "related" | "fixes"> {
  readonly start: { readonly line: number; readonly column: number };
  readonly related: readonly unknown[];
  readonly fixes: readonly { readonly title: string; readonly safety: string }[];
}

function byCommandLine(folder: string): readonly Row[] {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", path.join(root, "packages/kubectl-dbops/src/main.ts"), "lint", "-o", "json", folder],
    { encoding: "utf8", cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  assert.ok(status !== null && stdout !== "", stderr);
  const { findings }: { readonly findings: readonly Reported[] } = JSON.parse(stdout);
  return findings.map((each) => ({
    rule: each.rule,
    severity: each.severity,
    path: path.relative(folder, path.resolve(root, each.path)),
    line: each.start.line,
    column: each.start.column,
    message: each.message,
    fingerprint: each.fingerprint,
    related: each.related.length,
    fixes: each.fixes.map((fix) => `${fix.safety} ${fix.title}`),
  }));
}

/** As the extension does: every file is context, and each is open in an editor, typed in two halves. */
function byEditor(folder: string): readonly Row[] {
  const uri = `file://${folder}`;
  const session = new LintSession(uri, "folder");
  const texts = filesUnder(folder).map(
    (file) => [`${uri}/${file}`, readFileSync(path.join(folder, file), "utf8")] as const,
  );
  for (const [name, text] of texts) session.texts.setDisk(name, text);
  const asked = new Set(session.texts.manifests().map((file) => file.uri));
  const options = { exclude: [], configFile: undefined };
  const today = new Date().toISOString().slice(0, 10);
  for (const [name, text] of texts) {
    const half = text.slice(0, Math.floor(text.length / 2));
    session.texts.setOpen(name, half);
    session.lint(asked, options, today, { uri: name, line: half.split("\n").length - 1 });
    session.changed(name, text, [{ offset: half.length, removed: 0, inserted: text.length - half.length }]);
  }
  const result = session.lint(asked, options, today);
  return [...result.shown.values()].flat().map((finding) => {
    const start = result.files.get(finding.location.uri)!.positionAt(finding.location.span.start);
    return {
      rule: finding.ruleId,
      severity: finding.severity,
      path: finding.location.uri.slice(uri.length + 1),
      line: start.line + 1,
      column: start.column + 1,
      message: finding.message,
      fingerprint: finding.fingerprint,
      related: finding.related.length,
      fixes: finding.fixes.map((fix) => `${fix.safety} ${fix.title}`),
    };
  });
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith(".git/"));
}

const sorted = (rows: readonly Row[]): readonly Row[] =>
  [...rows].sort((a, b) =>
    JSON.stringify([a.path, a.line, a.column, a.rule, a.message]) <
    JSON.stringify([b.path, b.line, b.column, b.rule, b.message])
      ? -1
      : 1,
  );

const overlay = {
  ".dbops.yaml": "rules:\n  grace-period-too-short: error\n  no-such-rule: off\nexclude: [ignored/]\n",
  "base/kustomization.yaml": "resources: [postgres.yaml]\n",
  "prod/kustomization.yaml": "resources: [../base]\npatches:\n  - path: patch.yaml\n",
  "prod/patch.yaml": "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: postgres }\nspec: { replicas: 2 }\n",
  "base/postgres.yaml": readFileSync(path.join(root, "examples/shop/postgres.yaml"), "utf8"),
  "ignored/postgres.yaml": readFileSync(path.join(root, "examples/shop/postgres.yaml"), "utf8"),
  "with spaces/ümlaut.yaml": readFileSync(path.join(root, "examples/shop/api.yaml"), "utf8").replaceAll("\n", "\r\n"),
  "broken.yaml": `kind: Service\nmetadata: [\n---\n${readFileSync(path.join(root, "examples/shop/migrate.yaml"), "utf8")}`,
  "package.json": '{ "name": "shop" }\n',
  "legacy/.dbops.yml": "extends: all\n",
  "legacy/cluster.yaml": readFileSync(path.join(root, "examples/cloudnative-pg/cluster.yaml"), "utf8"),
  "suppressed.yaml": `# dbops-disable-file database-image-unpinned -- known\n${readFileSync(path.join(root, "examples/shop/backup.yaml"), "utf8")}`,
};

describe("the editor and the command line find the same", () => {
  const work = realpathSync(mkdtempSync(path.join(os.tmpdir(), "dbops-parity-")));
  after(() => rmSync(work, { recursive: true }));
  const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "examples/shop": copied("examples/shop"),
    "examples/cloudnative-pg": copied("examples/cloudnative-pg"),
    "examples/good": copied("examples/good"),
    "an overlay, configurations, broken and suppressed files": overlay,
  };
  for (const [name, files] of Object.entries(folders)) {
    it(name, () => {
      const folder = path.join(work, name.replace(/\W/g, "-"));
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        writeFileSync(path.join(folder, file), text);
      }
      const expected = sorted(byCommandLine(folder));
      const found = sorted(byEditor(folder));
      for (const [index, row] of expected.entries()) assert.deepEqual(found[index], row);
      assert.equal(found.length, expected.length);
      if (!name.endsWith("good")) assert.ok(expected.length > 5, "there is something to compare");
    });
  }
});

function copied(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    filesUnder(path.join(root, folder)).map((file) => [file, readFileSync(path.join(root, folder, file), "utf8")]),
  );
}
