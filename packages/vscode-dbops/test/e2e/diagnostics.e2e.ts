import assert from "node:assert/strict";
import { allRules, builtInRules } from "@dbops/core";
import { ruleTags } from "@dbops/session";
import * as vscode from "vscode";
import {
  clean,
  edit,
  finding,
  findings,
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
import { orders, postgres, reports } from "./manifests.ts";

const grace = "grace-period-too-short";

describe("diagnostics", () => {
  afterEach(clean);

  it("stand at the value, with source, level, a link and one line of text", async () => {
    const uri = await write("shop/orders.yaml", orders);
    await show(uri);
    const found = await finding(uri, grace);
    assert.equal(place(found), "16:38-39");
    assert.equal(found.source, "dbops");
    assert.equal(found.severity, vscode.DiagnosticSeverity.Warning);
    assert.doesNotMatch(found.message, /\n|grace-period-too-short/);
    const code = found.code as { readonly target: vscode.Uri };
    assert.equal(code.target.scheme, "command");
    assert.match(code.target.toString(true), /dbops\.showRule\?\["grace-period-too-short"\]/);
  });

  it("lead to the other end, and follow a change of another file that is not saved", async () => {
    const server = await write("shop/postgres.yaml", postgres(3));
    const client = await write("shop/deep/reports.yaml", reports);
    await show(client);
    const found = await finding(client, "host-reaches-nothing");
    assert.equal(place(found), "19:22-41");
    assert.match(found.message, /postgres-0 … postgres-2/);
    const [related] = found.relatedInformation ?? [];
    assert.equal(related?.location.uri.toString(), server.toString());
    assert.equal((related?.location.range.start.line ?? 0) + 1, 15);
    const editor = await show(server);
    await edit(editor, "replicas: 3", "replicas: 4");
    await gone(client, "host-reaches-nothing");
    assert.ok(editor.document.isDirty);
    await edit(editor, "replicas: 4", "replicas: 3");
    await finding(client, "host-reaches-nothing");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("lead to where the other end is now, when only that has moved", async () => {
    const server = await write("shop/postgres.yaml", postgres(3));
    const client = await write("shop/reports.yaml", reports);
    await show(client);
    const line = async (): Promise<number | undefined> =>
      (await finding(client, "host-reaches-nothing")).relatedInformation?.[0]?.location.range.start.line;
    const before = (await line()) ?? Number.NaN;
    const editor = await show(server);
    await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), "# moved\n# down\n"));
    await until("the other end to move", async () => (await line()) === before + 2);
  });

  it("see what another program writes, and forget files and folders that are deleted", async () => {
    const server = await write("shop/db/postgres.yaml", postgres(3));
    const client = await write("shop/reports.yaml", reports);
    await show(client);
    await finding(client, "host-reaches-nothing");
    await write("shop/db/postgres.yaml", postgres(4));
    await gone(client, "host-reaches-nothing");
    await show(server);
    await finding(server, "database-without-memory-limit");
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder("shop"), "db"), { recursive: true });
    await until("the findings of the deleted file to go", () => findings(server).length === 0);
  });

  it("are there for a text that was never saved, and for JSON", async () => {
    const untitled = await vscode.workspace.openTextDocument({ language: "yaml", content: orders });
    await vscode.window.showTextDocument(untitled);
    await finding(untitled.uri, grace);
    const content = JSON.stringify(
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "orders-db" },
        spec: { containers: [{ name: "postgres", image: "postgres:latest" }] },
      },
      undefined,
      2,
    );
    const json = await write("shop/pod.json", content);
    await show(json);
    const found = await finding(json, "database-without-memory-limit");
    assert.equal(json.path.endsWith(".json") && place(found), "10:17-27");
  });

  it("are there for Kubernetes content under other language ids, and nowhere else", async () => {
    const found = await write("shop/orders.tpl", orders);
    await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(found), "yaml");
    await finding(found, grace);
    const other = await write("shop/compose.yaml", "services:\n  db:\n    image: postgres:latest\n");
    await show(other);
    const text = await vscode.workspace.openTextDocument({ language: "markdown", content: orders });
    await vscode.window.showTextDocument(text);
    await pause(800);
    assert.deepEqual([findings(other), findings(text.uri)], [[], []]);
  });

  it("count columns and lines right with CRLF, a byte order mark and wide characters", async () => {
    const uri = await write("shop/orders.yaml", `\ufeff# Bestellungen 🐘\r\n${orders.replaceAll("\n", "\r\n")}`);
    await show(uri);
    assert.equal(place(await finding(uri, grace)), "17:38-39");
  });

  it("are gone when the editor is closed, and not there for an old version of the file", async () => {
    const uri = await write("shop/read-once.yaml", orders); // VS Code keeps what openTextDocument() asked for a while
    await vscode.commands.executeCommand("vscode.open", uri);
    await finding(uri, grace);
    const old = uri.with({ scheme: "git" });
    assert.deepEqual(findings(old), []);
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    await until("no findings of a closed file", () => findings(uri).length === 0);
  });

  it("strike through what is withdrawn and fade what does nothing", async () => {
    const uri = await write(
      "shop/orders.yaml",
      orders
        .replace("image: mysql:8.4.3", "image: bitnami/mysql:8.4.3")
        .replace("  replicas: 1", "  # dbops-disable-next-line data-on-hostpath -- pinned\n  replicas: 1"),
    );
    await show(uri);
    assert.deepEqual((await finding(uri, "image-withdrawn")).tags, [vscode.DiagnosticTag.Deprecated]);
    assert.deepEqual((await finding(uri, "suppression-unused")).tags, [vscode.DiagnosticTag.Unnecessary]);
  });

  it("are tagged by rules that exist", () => {
    const ids = new Set([...allRules, ...builtInRules].map((rule) => rule.id));
    assert.deepEqual(
      Object.keys(ruleTags).filter((id) => !ids.has(id)),
      [],
    );
  });

  it("announce a document that is too large to be linted", async () => {
    const uri = await write(
      "shop/large.yaml",
      `${orders}---\nkind: ConfigMap\ndata:\n  a: |\n${"    0123456789abcdef\n".repeat(230_000)}`,
    );
    await show(uri);
    const found = await until("the announcement", () => findings(uri).find((each) => /4 MB/.test(each.message)));
    assert.equal(found.severity, vscode.DiagnosticSeverity.Information);
    assert.ok(rules(uri).includes(grace), "the other documents are linted");
  });

  it("keep up with a file of 5,000 lines", async () => {
    const many = Array.from({ length: 150 }, (_, index) => orders.replaceAll("orders-db", `orders-${index}`)).join(
      "---\n",
    );
    assert.ok(many.split("\n").length > 5000);
    const uri = await write("shop/many.yaml", many);
    const editor = await show(uri);
    await until("a finding for each", () => findings(uri).filter((each) => ruleOf(each) === grace).length === 150);
    const begin = Date.now();
    await edit(editor, "terminationGracePeriodSeconds: 5", "terminationGracePeriodSeconds: 600");
    await until("one finding less", () => findings(uri).filter((each) => ruleOf(each) === grace).length === 149);
    console.log(`      ${Date.now() - begin} ms from the change to the diagnostics, pause included`);
  });
});
