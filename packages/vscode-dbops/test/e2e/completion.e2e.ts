import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clean, finding, findings, pause, show, until, write } from "./editor.ts";
import { orders } from "./manifests.ts";

describe("snippets", () => {
  afterEach(clean);

  /** What is offered where the text ends, as when its last key has just been pressed. */
  const offeredBehind = async (uri: vscode.Uri, text: string): Promise<readonly vscode.CompletionItem[]> => {
    const editor = await show(uri);
    const { document } = editor;
    await editor.edit((builder) => builder.replace(new vscode.Range(0, 0, document.lineCount, 0), text));
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      uri,
      document.positionAt(text.length),
    );
    return items.filter((item) => labelOf(item).startsWith("db-"));
  };

  const type = async (text: string): Promise<void> => {
    for (const key of text) {
      await vscode.commands.executeCommand("type", { text: key });
      await pause(60);
    }
    await pause(700);
  };

  it("are all offered behind db-, and each expands", async () => {
    const uri = await write("shop/new.yaml", "");
    const items = await until("the snippets", async () => {
      const found = await offeredBehind(uri, "db-");
      return found.length > 30 && found;
    });
    const editor = await show(uri);
    for (const item of items) {
      await editor.edit((builder) => builder.delete(new vscode.Range(0, 0, editor.document.lineCount, 0)));
      assert.ok(item.insertText instanceof vscode.SnippetString);
      await editor.insertSnippet(item.insertText);
      const prefix = labelOf(item);
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

  it("come when db-postgresql-17 is typed, key by key, at the beginning of a document", async () => {
    for (const [index, before] of ["", "# orders\n", `${orders}---\n`].entries()) {
      const uri = await write(`shop/new-${index}.yaml`, before);
      const editor = await show(uri);
      const end = editor.document.positionAt(before.length);
      editor.selection = new vscode.Selection(end, end);
      await type("db-postgresql-17");
      await vscode.commands.executeCommand("acceptSelectedSuggestion");
      await until("the snippet", () => editor.document.getText().slice(before.length).includes("kind: StatefulSet"));
      assert.ok(editor.document.getText().startsWith(before));
      await clean();
    }
  });

  it("stay away from what people type elsewhere", async function () {
    this.timeout(120_000);
    const words =
      "postgres postgresql mysql mariadb mongodb redis valkey backup data dev prod db database test storage class velero helm job wait migration expand contract restore snapshot pod inspection pgbouncer sidecar operator cloudnative percona zalando crunchy schedule volume secret direct argocd k8up".split(
        " ",
      );
    assert.ok(words.length >= 40);
    const kinds: Readonly<Record<string, string>> = {
      "shop/values.yaml": "image:\n  ",
      "shop/.github/workflows/ci.yaml": "on: push\njobs:\n  ",
      "shop/compose.yaml": "services:\n  ",
      "shop/orders.yaml": orders,
      "shop/kustomization.yaml": "resources:\n  - ",
      "shop/list.yaml": "metadata:\n  name: ",
    };
    for (const [file, before] of Object.entries(kinds)) {
      const uri = await write(file, before);
      for (const [index, word] of words.entries()) {
        const texts = [`${before}${word}`, `${before}name: ${word}`, `${before}${word}-`, word];
        const text = texts[index % texts.length] ?? "";
        assert.deepEqual((await offeredBehind(uri, text)).map(labelOf), [], `${file}: ${text.slice(-40)}`);
      }
    }
    const uri = await write("shop/name.yaml", "");
    const editor = await show(uri);
    await type("name: postgres");
    await vscode.commands.executeCommand("acceptSelectedSuggestion");
    assert.equal(editor.document.getText(), "name: postgres");
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

  it("keeps the list of rules while a hyphen of their names is typed", async () => {
    const text = orders.replace("      termination", "      # dbops-disable-line \n      termination");
    const uri = await write("shop/orders.yaml", text);
    const editor = await show(uri);
    await finding(uri, "grace-period-too-short");
    const end = editor.document.positionAt(text.indexOf("dbops-disable-line ") + "dbops-disable-line".length);
    editor.selection = new vscode.Selection(end, end);
    for (const key of " grace-p") {
      await vscode.commands.executeCommand("type", { text: key });
      await pause(60);
    }
    await pause(700);
    await vscode.commands.executeCommand("acceptSelectedSuggestion");
    await until("the rule", () => editor.document.getText().includes("# dbops-disable-line grace-period-too-short"));
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
