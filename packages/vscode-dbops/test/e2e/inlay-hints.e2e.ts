import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clean, finding, folder, rules, show, until, write } from "./editor.ts";
import { dumps, postgres } from "./manifests.ts";

describe("inlay hints", () => {
  afterEach(clean);

  /** The hints in some lines of a file, as `line: text`. */
  async function hints(uri: vscode.Uri, first = 0, last = 1000): Promise<readonly string[]> {
    const found = await vscode.commands.executeCommand<vscode.InlayHint[] | undefined>(
      "vscode.executeInlayHintProvider",
      uri,
      new vscode.Range(first, 0, last, 0),
    );
    const { lineAt } = await vscode.workspace.openTextDocument(uri);
    return (found ?? []).map(({ position, label }) => {
      const { text } = lineAt(position.line);
      return `${text.slice(0, position.character).trim()} «${label}»`;
    });
  }

  const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration("dbops", folder("shop"));

  it("are shown from the moment on that the setting is on, for the lines that are seen", async () => {
    const uri = await write("shop/dumps.yaml", dumps);
    await show(uri);
    await finding(uri, "backup-pipe-hides-failure");
    assert.deepEqual(await hints(uri), []);
    const { WorkspaceFolder } = vscode.ConfigurationTarget;
    await settings().update("inlayHints.enabled", true, WorkspaceFolder);
    try {
      const schedule = 'schedule: "15 2 * * *" «at 02:15 every day»';
      assert.deepEqual(await until("both schedules", async () => (await hints(uri)).length === 2 && hints(uri)), [
        schedule,
        schedule,
      ]);
      assert.deepEqual(await hints(uri, 0, 20), [schedule]);
      const database = await write("shop/postgres.yaml", postgres(1));
      await show(database);
      await until("the findings", () => rules(database).length > 0);
      assert.deepEqual(await hints(database), ["image: postgres:16.4-bookworm «data in /var/lib/postgresql/data»"]);
    } finally {
      await settings().update("inlayHints.enabled", undefined, WorkspaceFolder);
    }
    await until("none", async () => (await hints(uri)).length === 0);
  });
});
