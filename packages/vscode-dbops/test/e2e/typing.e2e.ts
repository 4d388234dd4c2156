import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clean, edit, finding, findings, pause, ruleOf, rules, show, until, write } from "./editor.ts";
import { orders, postgres, reports } from "./manifests.ts";

describe("typing", () => {
  afterEach(clean);

  it("fifty keys, one by one, lets no finding of the file flicker", async () => {
    const text = `${orders}---\n${reports}---\n${postgres(3)}`;
    const uri = await write("shop/all.yaml", text);
    const editor = await show(uri);
    await finding(uri, "replicas-do-not-replicate");
    await finding(uri, "grace-period-too-short");
    const steady = ["grace-period-too-short", "host-reaches-nothing", "replicas-do-not-replicate"];
    const seen: string[] = [];
    const listener = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (!uris.some((each) => each.toString() === uri.toString())) return;
      const all = findings(uri).map(ruleOf);
      for (const rule of steady) if (!all.includes(rule)) seen.push(`${rule} was gone`);
      for (const rule of all) if (rule.startsWith("document-")) seen.push(`${rule} was shown`);
    });
    await edit(editor, "      terminationGracePeriodSeconds: 5\n", "      terminationGracePeriodSeconds: 5\n      \n");
    const line = editor.document.getText().split("\n").indexOf("      ");
    const end = new vscode.Position(line, 6);
    editor.selection = new vscode.Selection(end, end);
    for (const key of "nodeSelector: {disk: ssd, zone: a, tier: database}") {
      await vscode.commands.executeCommand("type", { text: key });
      await pause(70);
      if (key === ":" || key === "{" || key === ",") await pause(300); // longer than the pause before linting
    }
    await pause(600);
    listener.dispose();
    assert.deepEqual(seen, []);
    const found = await finding(uri, "host-reaches-nothing");
    assert.equal(editor.document.getText(found.range), "postgres-3.postgres", "it moved with the text");
  });

  it("keeps findings at their places while a line above them is half typed", async () => {
    const uri = await write("shop/orders.yaml", orders);
    const editor = await show(uri);
    await finding(uri, "grace-period-too-short");
    const above = new vscode.Position(14, 9);
    editor.selection = new vscode.Selection(above, above);
    for (const key of ["\n", " ", " ", "p", "r", "i", "o"]) await vscode.commands.executeCommand("type", { text: key });
    assert.match(editor.document.getText(), /spec:\n {6}prio\n {6}termination/);
    await pause(700);
    const found = await finding(uri, "grace-period-too-short");
    assert.equal(editor.document.getText(found.range), "5");
  });

  it("says what is broken once the line is left", async () => {
    const uri = await write("shop/orders.yaml", orders);
    const editor = await show(uri);
    await finding(uri, "grace-period-too-short");
    const end = new vscode.Position(3, 17);
    editor.selection = new vscode.Selection(end, end);
    for (const key of ["\n", "n", "a", "m"]) await vscode.commands.executeCommand("type", { text: key });
    await pause(700);
    assert.ok(!rules(uri).includes("document-not-yaml"), "while it is typed");
    const away = new vscode.Position(12, 0);
    editor.selection = new vscode.Selection(away, away);
    await finding(uri, "document-not-yaml");
    await edit(editor, "\n  nam\n", "\n");
    await until("the document to be read again", () => rules(uri).includes("grace-period-too-short"));
  });
});
