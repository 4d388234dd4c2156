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
