import * as vscode from "vscode";
import { action, apply, finding, gone, ruleOf, show, until } from "../e2e/editor.ts";
import { dumps, orders, postgres, reports } from "../e2e/manifests.ts";
import assert from "./assert.ts";

const root = (): vscode.Uri => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error("no folder is open");
  return folder.uri;
};

async function write(name: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(root(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

describe("in the browser", () => {
  it("runs in a worker, without Node", () => {
    assert.equal(vscode.env.uiKind, vscode.UIKind.Web);
    assert.equal(
      typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node,
      "undefined",
    );
  });

  it("shows findings that follow another file", async () => {
    const server = await write("postgres.yaml", postgres(3));
    const client = await write("reports.yaml", reports);
    await show(server);
    await show(client);
    const found = await finding(client, "host-reaches-nothing");
    assert.equal(found.relatedInformation?.[0]?.location.uri.toString(), server.toString());
    const editor = await show(server);
    const offset = editor.document.getText().indexOf("replicas: 3");
    await editor.edit((builder) => builder.insert(editor.document.positionAt(offset + 11), "0"));
    await gone(client, "host-reaches-nothing");
  });

  it("fixes, suppresses and hovers", async () => {
    const uri = await write("dumps.yaml", dumps);
    const editor = await show(uri);
    const found = await finding(uri, "backup-pipe-hides-failure");
    await apply(await action(uri, found.range, 'Add "set -o pipefail"'));
    assert.match(editor.document.getText(), /set -o pipefail; pg_dump -Fc -h orders-db/);
    const other = await until("the finding that is left", async () => {
      const left = await finding(uri, "backup-pipe-hides-failure");
      return left.range.start.line > found.range.start.line && left;
    });
    await apply(await action(uri, other.range, "Disable backup-pipe-hides-failure for this line"));
    await gone(uri, "backup-pipe-hides-failure");
    const at = editor.document.positionAt(editor.document.getText().indexOf("15 2") + 1);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", uri, at);
    const [content] = hovers[0]?.contents ?? [];
    assert.match((content as vscode.MarkdownString).value, /Runs at 02:15 every day/);
  });

  it("says that changes are found through Git, which does not run here, and lints", async () => {
    const config = vscode.workspace.getConfiguration("dbops");
    await config.update("change.base", "HEAD", vscode.ConfigurationTarget.Workspace);
    try {
      const uri = await write("orders.yaml", orders);
      await show(uri);
      await finding(uri, "grace-period-too-short");
      await until("the reason", async () => {
        await vscode.commands.executeCommand("dbops.debugInformation");
        const text = vscode.window.activeTextEditor?.document.getText() ?? "";
        return /no findings against HEAD \(dbops\.change\.base\): VS Code's Git extension does not run here/.test(text);
      });
    } finally {
      await config.update("change.base", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it("lints a text that was never saved, and opens the bundled page of a rule by the link of a finding", async () => {
    const document = await vscode.workspace.openTextDocument({ language: "yaml", content: orders });
    await vscode.window.showTextDocument(document);
    const found = await finding(document.uri, "grace-period-too-short");
    assert.equal(ruleOf(found), "grace-period-too-short");
    const { target } = found.code as { readonly target: vscode.Uri };
    assert.equal(target.scheme, "command");
    const words = JSON.parse(decodeURIComponent(target.query)) as string[];
    await vscode.commands.executeCommand(target.path, ...words);
    const page = await until("the page", () =>
      vscode.workspace.textDocuments.find((each) => each.uri.path === "/rules/grace-period-too-short.md"),
    );
    assert.match(page.getText(), /# grace-period-too-short/);
  });
});
