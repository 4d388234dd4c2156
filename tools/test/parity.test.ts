import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { LintSession } from "@dbops/session";
import type { CodeAction, FullDocumentDiagnosticReport } from "vscode-languageserver-protocol/node";
import { Client } from "../../packages/language-server/test/support/client.ts";
import { commitAll, folderWith, root, run } from "./support/folders.ts";
import { hookedRepository, needsPreCommit, type PreCommit, preCommits } from "./support/pre-commit.ts";

/** What every host says of a finding. */
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

type Files = Readonly<Record<string, string>>;

/** A place where findings appear: compared with the command line over the whole repository. Another one is another row. */
interface Host {
  readonly name: string;
  /** Skips its tests where what it needs is not installed. */
  needs?(context: Mocha.Context): void;
  /** All findings in a repository with these files. */
  find(files: Files): readonly Row[] | Promise<readonly Row[]>;
}

const hosts: readonly Host[] = [
  { name: "the command line, one file after another", find: byOneFileEach },
  ...preCommits.map((preCommit) => ({
    name: preCommit.name,
    needs: (context: Mocha.Context) => needsPreCommit(context, preCommit),
    find: (files: Files) => byPreCommit(preCommit, files),
  })),
  { name: "the extension", find: byEditor },
  { name: "kubectl dbops lsp", find: byLanguageServer },
  { name: "kubectl dbops mcp", find: byMcp },
  { name: "-o agent", find: byAgentFormat },
];

/** A finding of `-o json`. */
interface Reported extends Omit<Row, "line" | "column" | "related" | "fixes"> {
  readonly start: { readonly line: number; readonly column: number };
  readonly related: readonly unknown[];
  readonly fixes: readonly { readonly title: string; readonly safety: string }[];
}

function rowsOf(json: string): readonly Row[] {
  const { findings }: { readonly findings: readonly Reported[] } = JSON.parse(json);
  return findings.map(({ start, related, fixes, rule, severity, path: file, message, fingerprint }) => ({
    rule,
    severity,
    path: file,
    line: start.line,
    column: start.column,
    message,
    fingerprint,
    related: related.length,
    fixes: fixes.map((fix) => `${fix.safety} ${fix.title}`),
  }));
}

function repositoryWith(files: Files): string {
  const folder = folderWith(files);
  commitAll(folder);
  return folder;
}

const program = path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops");

function lint(folder: string, ...paths: readonly string[]): readonly Row[] {
  const { stdout, stderr } = run(program, ["lint", "-o", "json", ...paths], { cwd: folder });
  assert.ok(stdout !== "", stderr);
  return rowsOf(stdout);
}

function byCommandLine(files: Files): readonly Row[] {
  return lint(repositoryWith(files));
}

/** What belongs to no file that was asked for (a mistake in a configuration) is said each time. */
function byOneFileEach(files: Files): readonly Row[] {
  const folder = repositoryWith(files);
  const rows = Object.keys(files).flatMap((file) => lint(folder, file));
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

function byPreCommit(preCommit: PreCommit, files: Files): readonly Row[] {
  const report = path.join(folderWith(), "report.json");
  const hook = { id: "dbops-lint", args: [`--output=json=${report}`] };
  hookedRepository(preCommit, files, hook).run(["run", "--all-files"]);
  return rowsOf(readFileSync(report, "utf8"));
}

/** As the extension does: every file is context, and each is open in an editor, typed in two halves. */
function byEditor(files: Files): readonly Row[] {
  const folder = repositoryWith(files);
  const uri = `file://${folder}`;
  const session = new LintSession(uri, "folder");
  const texts = filesUnder(folder).map(
    (file) => [`${uri}/${file}`, readFileSync(path.join(folder, file), "utf8")] as const,
  );
  for (const [name, text] of texts) session.texts.setDisk(name, text);
  const requested = new Set(session.texts.manifests().map((file) => file.uri));
  const options = { exclude: [], configFile: undefined };
  const today = new Date().toISOString().slice(0, 10);
  for (const [name, text] of texts) {
    const half = text.slice(0, Math.floor(text.length / 2));
    session.texts.setOpen(name, half);
    session.lint(requested, options, today, { uri: name, line: half.split("\n").length - 1 });
    session.changed(name, text, [{ offset: half.length, removed: 0, inserted: text.length - half.length }]);
  }
  const result = session.lint(requested, options, today);
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

/** As an editor shows it: diagnostics of every file, and the actions at each of them. */
async function byLanguageServer(files: Files): Promise<readonly Row[]> {
  const client = await Client.start(repositoryWith(files));
  const rows: Row[] = [];
  for (const [name, text] of Object.entries(files)) await client.open(name, text);
  for (const name of Object.keys(files)) {
    const report = await client.connection.sendRequest<FullDocumentDiagnosticReport>("textDocument/diagnostic", {
      textDocument: { uri: client.uri(name) },
    });
    for (const diagnostic of report.items) {
      const actions = await client.connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
        textDocument: { uri: client.uri(name) },
        range: diagnostic.range,
        context: { diagnostics: [diagnostic] },
      });
      const { range, code, severity, message, relatedInformation, data } = diagnostic;
      const { fingerprint } = data as { readonly fingerprint: string };
      rows.push({
        rule: String(code),
        severity: ["error", "warning", "info"][(severity ?? 1) - 1] ?? "",
        path: name,
        line: range.start.line + 1,
        column: range.start.character + 1,
        message: String(message),
        fingerprint,
        related: relatedInformation?.length ?? 0,
        fixes: actions.flatMap((action) => fixIn(action, fingerprint) ?? []),
      });
    }
  }
  await client.stop();
  return rows;
}

/** A fix as reports name it; undefined: the action is another one, or about another finding. */
function fixIn({ title, diagnostics = [], command }: CodeAction, fingerprint: string): string | undefined {
  const [{ data, code } = {}, ...others] = diagnostics;
  if ((data as { readonly fingerprint: string } | undefined)?.fingerprint !== fingerprint || others.length > 0)
    return undefined;
  if (command?.command === "dbops.showProcedure") return `procedure ${title.replace(` (${code})`, "")}`;
  if (/^(?:Disable|Show documentation for|Fix all) /.test(title)) return undefined;
  const unsafe = title.indexOf(" (unsafe: ");
  return unsafe < 0 ? `safe ${title}` : `unsafe ${title.slice(0, unsafe)}`;
}

/** As a coding agent asks: the answer of the tool is the report. */
function byMcp(files: Files): readonly Row[] {
  const request = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "lint", arguments: {} } };
  const { stdout } = run(program, ["mcp"], { cwd: repositoryWith(files), input: `${JSON.stringify(request)}\n` });
  const { result } = JSON.parse(stdout) as {
    readonly result: { readonly content: readonly { readonly text: string }[] };
  };
  return rowsOf(result.content[0]?.text ?? "");
}

/** The report with the rows whose lines an agent reads; the format has no fingerprints and other ends. */
function byAgentFormat(files: Files): readonly Row[] {
  const folder = repositoryWith(files);
  const { stdout } = run(program, ["lint", "-o", "agent"], { cwd: folder });
  const lines = stdout.split("\n").filter((line) => /:\d+:\d+ (?:error|warning|info) [a-z-]+: /.test(line));
  const rows = lint(folder).filter((row) => {
    const line = `${row.path}:${row.line}:${row.column} ${row.severity} ${row.rule}: ${row.message.replace(/\s+/g, " ")}`;
    const at = lines.findIndex((each) => each === line || each.startsWith(`${line} | `));
    if (at >= 0) lines.splice(at, 1);
    return at >= 0;
  });
  assert.deepEqual(lines, [], "lines that the report does not have");
  return rows;
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

const copied = (folder: string): Files =>
  Object.fromEntries(
    filesUnder(path.join(root, folder)).map((file) => [file, readFileSync(path.join(root, folder, file), "utf8")]),
  );

const repositories: Readonly<Record<string, Files>> = {
  "examples/shop": copied("examples/shop"),
  "examples/cloudnative-pg": copied("examples/cloudnative-pg"),
  "examples/good": copied("examples/good"),
  "an overlay, configurations, broken and suppressed files": overlay,
};

describe("every host finds the same", function () {
  this.timeout(300_000);
  const expected = new Map<string, readonly Row[]>();
  before(() => {
    run(process.execPath, [path.join(root, "tools/dbops.mjs"), "version"]);
    for (const [name, files] of Object.entries(repositories)) expected.set(name, sorted(byCommandLine(files)));
  });

  it("has something to compare", () => {
    for (const [name, rows] of expected)
      assert.ok(name === "examples/good" ? rows.length === 0 : rows.length > 5, name);
  });

  for (const { name, needs, find } of hosts)
    describe(name, () => {
      before(function () {
        needs?.(this);
      });
      for (const [repository, files] of Object.entries(repositories))
        it(repository, async () => {
          const rows = expected.get(repository) ?? [];
          const found = sorted(await find(files));
          for (const [index, row] of rows.entries()) assert.deepEqual(found[index], row);
          assert.equal(found.length, rows.length);
        });
    });
});
