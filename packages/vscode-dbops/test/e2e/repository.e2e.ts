import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clean, edit, finding, findings, folder, pause, rules, show, until, write } from "./editor.ts";
import { orders, postgres, reports } from "./manifests.ts";

const missing = "host-reaches-nothing";

/** A file beside the workspace folder, in the same repository. */
async function writeAround(path: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folder("payments"), "..", path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

describe("the repository around a folder", () => {
  afterEach(clean);

  it("is context, and nothing of it is shown", async () => {
    const server = await writeAround("base/postgres.yaml", postgres(3));
    try {
      const uri = await write("payments/reports.yaml", reports);
      await show(uri);
      await vscode.commands.executeCommand("dbops.restart");
      const found = await finding(uri, missing);
      assert.equal(found.relatedInformation?.[0]?.location.uri.path, server.path);
      await until("the changed server to be seen", async () => {
        await writeAround("base/postgres.yaml", postgres(30)); // again, until the new watchers are there
        await pause(400);
        return !rules(uri).includes(missing);
      });
      await vscode.commands.executeCommand("dbops.lintWorkspace");
      assert.deepEqual(rules(server), []);
    } finally {
      await vscode.workspace.fs.delete(server);
      await vscode.commands.executeCommand("dbops.restart");
    }
  });

  it("holds unsaved text of documents around the folder, too", async () => {
    const server = await writeAround("base/postgres.yaml", postgres(3));
    try {
      const uri = await write("payments/reports.yaml", reports);
      await show(uri);
      await vscode.commands.executeCommand("dbops.restart");
      await finding(uri, missing);
      const editor = await show(server);
      await edit(editor, "replicas: 3", "replicas: 30");
      await until("the unsaved replicas to count", () => !rules(uri).includes(missing));
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
      await finding(uri, missing);
    } finally {
      await vscode.workspace.fs.delete(server);
      await vscode.commands.executeCommand("dbops.restart");
    }
  });

  it("may ignore the folder that is opened: it is read all the same", async () => {
    const ignoring = await writeAround(".gitignore", "/payments/\n");
    try {
      const server = await write("payments/postgres.yaml", postgres(3));
      const uri = await write("payments/reports.yaml", reports);
      await vscode.commands.executeCommand("dbops.restart");
      await show(uri);
      const found = await finding(uri, missing);
      assert.equal(found.relatedInformation?.[0]?.location.uri.path, server.path);
    } finally {
      await vscode.workspace.fs.delete(ignoring);
      await vscode.commands.executeCommand("dbops.restart");
    }
  });

  it("is read less what .gitignore names, also when that changes and for files that come later", async () => {
    const client = await write("shop/reports.yaml", reports);
    await write("shop/build/postgres.yaml", postgres(3));
    await show(client);
    await finding(client, missing);
    await until("the ignored server to go", async () => {
      await write("shop/.gitignore", "build/\n");
      await pause(400);
      return !rules(client).includes(missing);
    });
    await write("shop/build/other.yaml", postgres(2));
    await pause(700);
    assert.ok(!rules(client).includes(missing));
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder("shop"), ".gitignore"));
    await finding(client, missing);
  });

  it("keeps its findings when a folder is renamed", async () => {
    const uri = await write("shop/old/orders.yaml", orders);
    await show(uri);
    await finding(uri, "grace-period-too-short");
    const [from, to] = ["old", "new"].map((name) => vscode.Uri.joinPath(folder("shop"), name));
    const renaming = new vscode.WorkspaceEdit();
    renaming.renameFile(from!, to!);
    assert.ok(await vscode.workspace.applyEdit(renaming));
    const now = vscode.Uri.joinPath(to!, "orders.yaml");
    await finding(now, "grace-period-too-short");
    await until("nothing at the old place", () => findings(uri).length === 0);
  });

  it("is shown as far as globs say when the whole workspace is linted, without what follows a !", async () => {
    const config = vscode.workspace.getConfiguration("dbops");
    const globs = ["live/**", "!**/old.yaml"];
    await config.update("lintWorkspaceGlobs", globs, vscode.ConfigurationTarget.Workspace);
    try {
      const live = await write("shop/live/orders.yaml", orders);
      const old = await write("shop/live/old.yaml", orders.replaceAll("orders-db", "old-db"));
      const draft = await write("shop/draft/orders.yaml", orders.replaceAll("orders-db", "draft-db"));
      await pause(500);
      await vscode.commands.executeCommand("dbops.lintWorkspace");
      await finding(live, "grace-period-too-short");
      assert.deepEqual([...rules(old), ...rules(draft)], []);
      await config.update("lintWorkspaceGlobs", undefined, vscode.ConfigurationTarget.Workspace);
      await finding(draft, "grace-period-too-short");
    } finally {
      await config.update("lintWorkspaceGlobs", undefined, vscode.ConfigurationTarget.Workspace);
      await vscode.commands.executeCommand("dbops.restart");
    }
  });

  it("tells where linting takes longer than it may", async () => {
    const config = vscode.workspace.getConfiguration("dbops");
    await config.update("timeBudget.onValidation", { warn: 0.0001 }, vscode.ConfigurationTarget.Workspace);
    try {
      const uri = await write("shop/orders.yaml", orders);
      const editor = await show(uri);
      await finding(uri, "grace-period-too-short");
      await edit(editor, "replicas: 1", "replicas: 2");
      await pause(500);
      await vscode.commands.executeCommand("dbops.debugInformation");
      const text = vscode.window.activeTextEditor?.document.getText() ?? "";
      assert.match(text, /linted in [\d.]+ ms, longer than dbops\.timeBudget\.onValidation allows/);
    } finally {
      await config.update("timeBudget.onValidation", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
