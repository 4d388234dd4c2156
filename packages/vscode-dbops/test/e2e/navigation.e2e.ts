import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clean, finding, show, until, write } from "./editor.ts";
import { postgres } from "./manifests.ts";

const client = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - name: api
          image: registry.example.com/shop/api:2026.11.3
          env:
            - name: DATABASE_URL
              value: postgres://app@postgres:5432/orders
`;

/** The place of a text in a document. */
function at(document: vscode.TextDocument, text: string, within = 1): vscode.Position {
  return document.positionAt(document.getText().indexOf(text) + within);
}

describe("the stack", () => {
  afterEach(clean);

  async function opened() {
    const server = await write("shop/postgres.yaml", postgres(3));
    const editor = await show(await write("shop/api.yaml", client));
    const database = await vscode.workspace.openTextDocument(server);
    await vscode.window.showTextDocument(database, { preview: false });
    await finding(server, "replicas-do-not-replicate");
    return { api: editor.document, database };
  }

  it("is one key away: F12 on a host goes to its Service, and back to who uses it", async () => {
    const { api, database } = await opened();
    const editor = await vscode.window.showTextDocument(api, { preview: false });
    const position = at(api, "@postgres", 3);
    editor.selection = new vscode.Selection(position, position);
    const found = await until("the definition", async () => {
      const all = await vscode.commands.executeCommand<vscode.LocationLink[]>(
        "vscode.executeDefinitionProvider",
        api.uri,
        position,
      );
      return all.length > 1 && all;
    });
    assert.deepEqual(
      found.map(({ targetUri, targetRange }) => [targetUri.path.split("/").at(-1), targetRange.start.line]),
      [
        ["postgres.yaml", 3],
        ["postgres.yaml", 14],
      ],
    );
    const uses = await vscode.commands.executeCommand<vscode.Location[]>(
      "vscode.executeReferenceProvider",
      database.uri,
      at(database, "name: postgres", 8),
    );
    assert.ok(uses.some(({ uri }) => uri.path.endsWith("api.yaml")));
  });

  it("lists objects in the outline and by name", async () => {
    const { database } = await opened();
    const outline = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      database.uri,
    );
    const names = outline.map(({ name }) => name);
    assert.ok(names.includes("StatefulSet postgres") && names.includes("Service postgres"), names.join());
    const found = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(
      "vscode.executeWorkspaceSymbolProvider",
      "statefulset post",
    );
    assert.ok(found.some(({ name }) => name === "StatefulSet postgres"));
  });

  it("says above a database who reaches it, unless that is switched off", async () => {
    const { database } = await opened();
    const lenses = async (): Promise<readonly string[]> => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        database.uri,
      );
      return all.map(({ command }) => command?.title ?? "");
    };
    await until("the lens", async () => (await lenses()).includes("reached by 1 workload"));
    const config = vscode.workspace.getConfiguration("dbops", database.uri);
    await config.update("codeLens", false, vscode.ConfigurationTarget.WorkspaceFolder);
    try {
      await until("none", async () => !(await lenses()).some((title) => title.startsWith("reached")));
    } finally {
      await config.update("codeLens", undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    }
  });

  it("renames a Service with every use, and refuses to rename what holds data", async () => {
    const { database } = await opened();
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: { name: pg }\nspec: { selector: { app: postgres }, ports: [{ port: 5432 }] }\n";
    await show(await write("shop/service.yaml", service));
    const { document: api } = await show(
      await write("shop/reader.yaml", client.replace("@postgres:", "@pg:").replace("name: api", "name: reader")),
    );
    const rename = (document: vscode.TextDocument, position: vscode.Position, name: string) =>
      vscode.commands.executeCommand<vscode.WorkspaceEdit>(
        "vscode.executeDocumentRenameProvider",
        document.uri,
        position,
        name,
      );
    const second = database.getText().indexOf("name: postgres", database.getText().indexOf("StatefulSet"));
    await assert.rejects(
      () => Promise.resolve(rename(database, database.positionAt(second + 8), "orders")),
      /postgres-0 … 2 would start empty: the data stays in data-postgres-0 … 2/,
    );
    const governing = database.getText().indexOf("serviceName: postgres") + "serviceName: p".length;
    await assert.rejects(
      () => Promise.resolve(rename(database, database.positionAt(governing), "orders")),
      /Service postgres is the serviceName of StatefulSet postgres, which the API server does not let change/,
    );
    const edit = await rename(api, at(api, "@pg", 2), "orders-db");
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.match(api.getText(), /postgres:\/\/app@orders-db:5432/);
    const uri = vscode.Uri.joinPath(database.uri, "../service.yaml");
    assert.match((await vscode.workspace.openTextDocument(uri)).getText(), /name: orders-db \}/);
  });
});
