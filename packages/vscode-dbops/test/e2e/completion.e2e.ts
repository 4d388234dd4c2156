import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clean, finding, findings, pause, show, until, write } from "./editor.ts";
import { orders } from "./manifests.ts";

describe("snippets", () => {
  afterEach(clean);

  it("are all offered behind db-, and each expands", async () => {
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
    for (const [prefix, name] of byPrefix) {
      await editor.edit((builder) => builder.delete(new vscode.Range(0, 0, editor.document.lineCount, 0)));
      await vscode.commands.executeCommand("editor.action.insertSnippet", { langId: "yaml", name });
      await until(`${prefix} to be there`, () => /kind: \w+/.test(editor.document.getText()));
      await vscode.commands.executeCommand("leaveSnippet");
      const text = editor.document.getText();
      // Shell and Helm have such signs, too: what VS Code replaces has a number or a colon behind the brace.
      assert.doesNotMatch(text, /\$\{\d|\$\d/, prefix);
      await until(`${prefix} without findings`, async () => {
        await pause(200);
        return findings(uri).every((each) => each.severity > vscode.DiagnosticSeverity.Warning);
      });
    }
  });
});

describe("completion", () => {
  afterEach(clean);

  const offered = (
    uri: vscode.Uri,
    text: string,
    mark: string,
    label: string,
  ): Promise<readonly vscode.CompletionItem[]> => {
    const before = text.slice(0, text.indexOf(mark) + mark.length).split("\n");
    const position = new vscode.Position(before.length - 1, before.at(-1)?.length ?? 0);
    return until(`${label} behind ${mark}`, async () => {
      const found = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        uri,
        position,
      );
      return found.items.some((each) => labelOf(each).replace(/"/g, "") === label) && found.items;
    });
  };

  it("offers keys, rules and levels in .dbops.yaml", async () => {
    const text = "rules:\n  pooler-\n  grace-period-too-short: \n";
    const uri = await write("shop/.dbops.yaml", text);
    await show(uri);
    const rules = await offered(uri, text, "pooler-", "pooler-exceeds-max-connections");
    const found = rules.find((each) => labelOf(each) === "pooler-exceeds-max-connections");
    assert.ok(found, "the rule");
    assert.ok(found.range instanceof vscode.Range && found.range.start.character === 2, "it replaces the word");
    const levels = (await offered(uri, text, "too-short: ", "warning")).map(labelOf);
    for (const level of ["off", "info", "warning", "error"]) assert.ok(levels.includes(level), level);
  });

  it("offers the same in .dbops.json, from the schema", async () => {
    const text = '{ "extends": "all", "rules": { "grace-period-too-short": "" } }\n';
    const uri = await write("shop/.dbops.json", text);
    await show(uri);
    const levels = (await offered(uri, text, '"grace-period-too-short": "', "warning")).map((each) =>
      labelOf(each).replace(/"/g, ""),
    );
    assert.ok(levels.includes("warning"), levels.join(", "));
  });

  it("writes a suppression from the sign of a comment on, with a stop for the reason", async () => {
    const text = orders.replace("      termination", "      #\n      termination");
    const uri = await write("shop/orders.yaml", text);
    await show(uri);
    const items = await offered(uri, text, "      #", "dbops-disable-next-line");
    const texts = items.flatMap(({ insertText }) =>
      insertText instanceof vscode.SnippetString ? insertText.value : [],
    );
    assert.ok(texts.includes("dbops-disable-next-line $" + "{1:rule} -- $" + "{2:reason}"), texts.join("\n"));
  });

  it("offers rules in a suppression, those of the file first", async () => {
    const text = orders.replace("      termination", "      # dbops-disable-line \n      termination");
    const uri = await write("shop/orders.yaml", text);
    await show(uri);
    await finding(uri, "grace-period-too-short");
    const items = await offered(uri, text, "# dbops-disable-line ", "grace-period-too-short");
    const sorted = [...items].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1)).map(labelOf);
    const own = sorted.indexOf("grace-period-too-short");
    assert.ok(own >= 0 && own < sorted.indexOf("api-version-removed"), sorted.slice(0, 8).join(", "));
  });
});

function labelOf(item: vscode.CompletionItem): string {
  return typeof item.label === "string" ? item.label : item.label.label;
}
