import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import {
  action,
  actions,
  apply,
  clean,
  edit,
  finding,
  folder,
  gone,
  pause,
  place,
  ruleOf,
  rules,
  show,
  until,
  write,
} from "./editor.ts";
import { orders, reports } from "./manifests.ts";

const renamed = "database-renamed";
const removed = "database-removed";

/** The repository around the folder payments, which is an empty `.git` until these tests. */
const repository = (): string => path.dirname(folder("payments").fsPath);

function git(...words: string[]): string {
  const who = ["-c", "user.name=shop", "-c", "user.email=shop@example.org", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...who, ...words], { cwd: repository(), encoding: "utf8" });
}

function commit(): void {
  git("add", "-A");
  git("commit", "-qm", "A state", "--allow-empty");
}

async function set(section: string, name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration(section).update(name, value, vscode.ConfigurationTarget.Workspace);
}
const setBase = (name: string | undefined): Promise<void> => set("dbops", "change.base", name);

/** What the extension says of itself, with a line for each folder. */
async function debugInformation(): Promise<string> {
  await vscode.commands.executeCommand("dbops.debugInformation");
  const text = vscode.window.activeTextEditor?.document.getText() ?? "";
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  return text;
}

const told = (expected: RegExp): Promise<string> =>
  until(`debug information that says ${expected}`, async () => {
    const text = await debugInformation();
    if (!expected.test(text)) await pause(300);
    return expected.test(text) ? text : undefined;
  });

/** Everything of these rules that is shown anywhere. */
const changesShown = (): string[] =>
  vscode.languages
    .getDiagnostics()
    .flatMap(([uri, all]) => all.map((each) => `${ruleOf(each)} ${uri.scheme}:${path.basename(uri.path)}`))
    .filter((text) => text.startsWith("database-re"));

async function typeAt(editor: vscode.TextEditor, behind: string, keys: string): Promise<void> {
  const at = editor.document.positionAt(editor.document.getText().indexOf(behind) + behind.length);
  editor.selection = new vscode.Selection(at, at);
  for (const key of keys) {
    await vscode.commands.executeCommand("type", { text: key });
    await pause(60);
  }
}

describe("changes since a git revision", () => {
  before(async () => {
    git("init", "-q");
    await set("git", "openRepositoryInParentFolders", "always");
  });
  after(async () => {
    await set("git", "enabled", undefined);
    await set("git", "openRepositoryInParentFolders", undefined);
    for (const each of ["hooks", "refs", "objects", "logs", "info", "HEAD", "config", "index", "description"])
      rmSync(path.join(repository(), ".git", each), { recursive: true, force: true });
    await vscode.commands.executeCommand("dbops.restart");
  });
  afterEach(async () => {
    await setBase(undefined);
    await clean();
    commit();
  });

  it("are not looked for where no revision is set, and cannot be while Git is switched off", async () => {
    const uri = await write("payments/orders.yaml", orders);
    commit();
    const editor = await show(uri);
    await edit(editor, "name: orders-db", "name: orders-database");
    await finding(uri, "grace-period-too-short");
    await pause(900);
    assert.deepEqual(changesShown(), []);
    assert.doesNotMatch(await debugInformation(), /dbops\.change\.base/);
    await setBase("HEAD");
    await told(/no findings against HEAD \(dbops\.change\.base\): Git is switched off/);
    assert.deepEqual(changesShown(), []);
    await set("git", "enabled", true);
    await finding(uri, renamed);
  });

  it("are told while a StatefulSet is renamed key by key, with the old place, until it is undone", async () => {
    const uri = await write("payments/orders.yaml", orders);
    commit();
    await setBase("HEAD");
    const editor = await show(uri);
    await finding(uri, "grace-period-too-short");
    await typeAt(editor, "name: orders-db", "-new");
    const found = await until("the name as it was typed", async () => {
      const each = await finding(uri, renamed);
      return editor.document.getText(each.range) === "orders-db-new" ? each : undefined;
    });
    assert.equal(found.source, "dbops");
    assert.match(found.message, /StatefulSet orders-db .*orders-db-new/);
    assert.equal((found.code as { readonly target: vscode.Uri }).target.scheme, "command");
    const [old] = found.relatedInformation ?? [];
    assert.equal(old?.location.uri.scheme, "git");
    const before = await vscode.workspace.openTextDocument(old!.location.uri);
    assert.equal(before.getText(), orders);
    assert.equal(before.lineAt(old!.location.range.start).text, "  name: orders-db");
    assert.ok(rules(uri).includes("grace-period-too-short"), "what lint found is still there");
    await show(uri);
    while (editor.document.getText() !== orders) await vscode.commands.executeCommand("undo");
    await gone(uri, renamed);
  });

  it("have their procedure, as kubectl dbops plan writes it", async () => {
    const uri = await write("payments/orders.yaml", orders);
    commit();
    await setBase("HEAD");
    const editor = await show(uri);
    await edit(editor, "name: orders-db", "name: orders-database");
    const found = await finding(uri, renamed);
    const chosen = await action(uri, found.range, "Show the procedure (");
    assert.match(chosen.title, /^Show the procedure \(\d+ steps\)$/);
    await apply(chosen);
    // Another suite may have left its own procedure open.
    const page = await until("the procedure", () =>
      vscode.workspace.textDocuments.find(
        (each) => each.uri.scheme === "dbops" && /^## .*orders-database/.test(each.getText()),
      ),
    );
    assert.match(page.getText(), /kubectl apply -f orders\.yaml/);
    const titles = (await actions(uri, found.range)).map(({ title }) => title);
    assert.ok(titles.includes(`Disable ${renamed} for this line`), titles.join());
    assert.ok(titles.includes(`Show documentation for ${renamed}`), titles.join());
    await show(uri);
    await apply(await action(uri, found.range, `Disable ${renamed} for this object`));
    await gone(uri, renamed);
  });

  it("are shown where a file was cut, and in the old text of a file that is gone", async () => {
    const uri = await write("payments/shop.yaml", `${orders}---\n${reports}`);
    commit();
    await setBase("HEAD");
    const editor = await show(uri);
    await edit(editor, `${orders}---\n`, "");
    const cut = await finding(uri, removed);
    assert.equal(place(cut), "1:1-20");
    assert.equal(cut.relatedInformation?.[0]?.location.uri.scheme, "git");
    const titles = (await actions(uri, cut.range)).map(({ title }) => title);
    assert.ok(
      titles.some((title) => title.startsWith("Show the procedure (")),
      titles.join(),
    );
    assert.ok(!titles.some((title) => title.startsWith(`Disable ${removed}`)), "nobody writes into the old text");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.workspace.fs.delete(uri);
    await until("the finding in the old text", () => changesShown().includes(`${removed} git:shop.yaml`));
    const [old] = vscode.languages.getDiagnostics().flatMap(([each]) => (each.scheme === "git" ? [each] : []));
    const document = await vscode.workspace.openTextDocument(old!);
    await vscode.languages.setTextDocumentLanguage(document, "yaml");
    const found = await finding(old!, removed);
    assert.equal(document.lineAt(found.range.start).text, "  name: orders-db");
    await action(old!, found.range, "Show the procedure (");
  });

  it("follow the commit that HEAD is at, and files that are moved or not yet tracked", async () => {
    const uri = await write("payments/followed.yaml", orders);
    commit();
    await setBase("HEAD");
    const editor = await show(uri);
    await edit(editor, "name: orders-db", "name: orders-database");
    await finding(uri, renamed);
    await editor.document.save();
    commit();
    await gone(uri, renamed);
    const moved = await write("payments/moved/orders.yaml", editor.document.getText());
    await vscode.workspace.fs.delete(uri);
    await show(moved);
    await finding(moved, "grace-period-too-short");
    await pause(1500);
    assert.deepEqual(changesShown(), []);
  });

  it("say which revision there is not, and come with one that there is", async () => {
    const uri = await write("payments/database.yaml", orders);
    commit();
    const editor = await show(uri);
    await edit(editor, "name: orders-db", "name: orders-database");
    await setBase("origin/none");
    await told(/no findings against origin\/none \(dbops\.change\.base\): git has no revision origin\/none here/);
    await setBase("--output=written");
    await told(/git has no revision --output=written here/);
    await finding(uri, "grace-period-too-short");
    assert.deepEqual(changesShown(), []);
    await setBase("main");
    await finding(uri, renamed);
    await told(/changes since main \([0-9a-f]{12}\) found in [\d.]+ ms/);
  });
});
