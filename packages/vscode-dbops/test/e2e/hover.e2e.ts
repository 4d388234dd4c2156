import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clean, finding, show, until, write } from "./editor.ts";
import { dumps, orders, postgres } from "./manifests.ts";

/** The text of dbops' hovers at the first place of a text. */
async function hoverAt(uri: vscode.Uri, text: string): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  const position = document.positionAt(document.getText().indexOf(text) + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", uri, position);
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === "string" ? content : content.value))
    .join("\n");
}

describe("hovers", () => {
  afterEach(clean);

  it("name the Pods and claims of a StatefulSet", async () => {
    const uri = await write("shop/postgres.yaml", postgres(2));
    await show(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const name = document.getText().indexOf("name: postgres\nspec:\n  serviceName") + 6;
    const hovers = await until("a hover", async () => {
      const all = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        uri,
        document.positionAt(name + 2),
      );
      return all.length > 0 && all;
    });
    const [content] = hovers[0]?.contents ?? [];
    assert.match((content as vscode.MarkdownString).value, /`postgres-0`, `postgres-1`[\s\S]*`data-postgres-1`/);
  });

  it("say schedules in words, and what to do about a finding, with a link to its page", async () => {
    const uri = await write("shop/dumps.yaml", dumps);
    await show(uri);
    await finding(uri, "backup-pipe-hides-failure");
    await until("the schedule in words", async () => /Runs at 02:15 every day/.test(await hoverAt(uri, "15 2 * * *")));
    const text = await hoverAt(uri, "pg_dump");
    assert.match(text, /\*\*backup-pipe-hides-failure\*\*: .*\[More\]\(command:dbops\.showRule/);
  });

  it("explain a suppressed rule, and are silent where there is nothing to say", async () => {
    const uri = await write(
      "shop/orders.yaml",
      orders.replace("      termination", "      # dbops-disable-line grace-period-too-short\n      termination"),
    );
    await show(uri);
    await finding(uri, "grace-period-too-short");
    assert.match(await hoverAt(uri, "grace-period-too-short"), /\*\*grace-period-too-short\*\*/);
    assert.equal(await hoverAt(uri, "accessModes"), "");
  });
});

describe("snippets", () => {
  afterEach(clean);

  it("are all offered behind db-, and expand", async () => {
    const extension = vscode.extensions.getExtension("dbops.vscode-dbops");
    assert.ok(extension);
    const file = vscode.Uri.joinPath(extension.extensionUri, "snippets/snippets.generated.json");
    const all: Record<string, { readonly prefix: string }> = JSON.parse(
      new TextDecoder().decode(await vscode.workspace.fs.readFile(file)),
    );
    const uri = await write("shop/new.yaml", "db-");
    await show(uri);
    const list = await until("the completions", async () => {
      const found = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        uri,
        new vscode.Position(0, 3),
      );
      return found.items.some((item) => labelOf(item) === "db-postgresql") && found;
    });
    const labels = new Set(list.items.map(labelOf));
    const byPrefix = new Map(Object.entries(all).map(([name, { prefix }]) => [prefix, name]));
    assert.ok(byPrefix.size > 30);
    for (const prefix of byPrefix.keys()) assert.ok(labels.has(prefix), `${prefix} is not offered`);
    const editor = await show(uri);
    for (const name of ["db-pgbouncer", "db-postgresql", "db-percona-pxc"]) {
      await editor.edit((builder) => builder.delete(new vscode.Range(0, 0, editor.document.lineCount, 0)));
      await vscode.commands.executeCommand("editor.action.insertSnippet", {
        langId: "yaml",
        name: byPrefix.get(name),
      });
      await until(`${name} to be there`, () => /kind: \w+/.test(editor.document.getText()));
      assert.doesNotMatch(editor.document.getText(), /\$\{|\{\{/, name);
    }
  });
});

function labelOf(item: vscode.CompletionItem): string {
  return typeof item.label === "string" ? item.label : item.label.label;
}
