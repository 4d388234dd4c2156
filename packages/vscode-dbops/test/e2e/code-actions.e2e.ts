import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  action,
  actions,
  apply,
  clean,
  edit,
  finding,
  findings,
  gone,
  place,
  ruleOf,
  show,
  until,
  write,
} from "./editor.ts";
import { dumps, orders, postgres } from "./manifests.ts";

const { CodeActionKind } = vscode;
const pipe = "backup-pipe-hides-failure";
const addPipefail = 'Add "set -o pipefail"';
const grace = "grace-period-too-short";
const fixedDumps = dumps.replaceAll("- pg_dump", "- set -o pipefail; pg_dump");

async function opened(name: string, text: string, ruleId: string) {
  const uri = await write(name, text);
  const editor = await show(uri);
  const found = await finding(uri, ruleId);
  return { uri, editor, found, text: () => editor.document.getText() };
}

describe("code actions", () => {
  afterEach(clean);

  it("fix one finding and keep the comment; the fix is the preferred action", async () => {
    const { uri, found, text } = await opened("shop/dumps.yaml", dumps, pipe);
    const fix = await action(uri, found.range, addPipefail);
    assert.equal(fix.isPreferred, true);
    assert.equal((await actions(uri, found.range)).filter((each) => each.isPreferred).length, 1);
    await apply(fix);
    assert.equal(text(), dumps.replace("- pg_dump", "- set -o pipefail; pg_dump"));
  });

  it("fix all findings of a rule, and everything that is safe", async () => {
    const { uri, found, text } = await opened("shop/dumps.yaml", dumps, pipe);
    await apply(await action(uri, found.range, `Fix all ${pipe} problems`));
    assert.equal(text(), fixedDumps);
    await vscode.commands.executeCommand("undo");
    await finding(uri, pipe);
    await apply(await action(uri, found.range, "Fix all auto-fixable problems"));
    assert.equal(text(), fixedDumps);
    await vscode.commands.executeCommand("undo");
    await finding(uri, pipe);
    await vscode.commands.executeCommand("dbops.fixAll");
    assert.equal(text(), fixedDumps);
  });

  it("change the level of a rule for the repository: the configuration is written, saved and shown, and counts at once", async () => {
    const { uri, found } = await opened("shop/dumps.yaml", dumps, pipe);
    const change = await action(uri, found.range, `Change the level of ${pipe}…`);
    const done = apply(change);
    // The first of the levels: off.
    await until("the configuration", async () => {
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return vscode.window.activeTextEditor?.document.uri.path.endsWith("/.dbops.yaml") === true;
    });
    await done;
    const config = vscode.window.activeTextEditor?.document;
    assert.match(config?.getText() ?? "", new RegExp(`^rules: \\{ ${pipe}: "off" \\}$`, "m"));
    assert.equal(config?.isDirty, false);
    await gone(uri, pipe);
  });

  it("apply an unsafe fix at once: its title says what it causes, undo takes it back, and it is never preferred", async () => {
    const { uri, found, text } = await opened("shop/orders.yaml", orders, grace);
    const fix = await action(uri, found.range, "Wait 120 s before killing the server");
    assert.match(fix.title, / \(unsafe: restarts every instance, still with the old grace period\)$/);
    assert.notEqual(fix.isPreferred, true);
    await apply(fix);
    assert.equal(text(), orders.replace("Seconds: 5", "Seconds: 120"));
    await vscode.commands.executeCommand("undo");
    assert.equal(text(), orders);
  });

  it("write the reason of a suppression in JSON where it leaves JSON", async () => {
    const json = JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "orders-db" },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [
          { name: "mysql", image: "mysql:8.4.3", volumeMounts: [{ name: "data", mountPath: "/var/lib/mysql" }] },
        ],
        volumes: [{ name: "data", hostPath: { path: "/data" } }],
      },
    });
    const { uri, found, text, editor } = await opened("shop/orders.json", json, "data-on-hostpath");
    await apply(await action(uri, found.range, "Disable data-on-hostpath for this object"));
    await until("the cursor at the reason", () => !editor.selection.active.isEqual(new vscode.Position(0, 0)));
    await vscode.commands.executeCommand("type", { text: "one node" });
    const { annotations } = JSON.parse(text()).metadata;
    assert.deepEqual(annotations, { "dbops/ignore": "data-on-hostpath", "dbops/ignore-reason": "one node" });
    await gone(uri, "data-on-hostpath");
  });

  it("open a procedure beside the manifest and edit nothing", async () => {
    const { uri, found, text, editor } = await opened("shop/postgres.yaml", postgres(3), "replicas-do-not-replicate");
    const before = text();
    const all = await actions(uri, found.range);
    const procedure = all.find((each) => each.command?.command === "dbops.showPlan");
    assert.ok(procedure, all.map((each) => each.title).join(", "));
    assert.equal(procedure.edit, undefined);
    await apply(procedure);
    await until("the procedure", () =>
      vscode.workspace.textDocuments.find(
        (each) => each.uri.scheme === "dbops" && each.uri.path.startsWith("/procedures/"),
      ),
    );
    assert.equal(text(), before);
    assert.equal(editor.document.isDirty, false);
  });

  it("fix on save what is safe, and nothing else", async () => {
    const both = `${dumps}---\n${orders}`;
    const { uri, editor } = await opened("shop/both.yaml", both, grace);
    const config = vscode.workspace.getConfiguration("editor", uri);
    await config.update(
      "codeActionsOnSave",
      { "source.fixAll.dbops": "explicit" },
      vscode.ConfigurationTarget.Workspace,
    );
    try {
      await edit(editor, "# nightly", "# every night");
      await editor.document.save();
      const saved = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      assert.equal(saved, `${fixedDumps}---\n${orders}`.replace("# nightly", "# every night"));
    } finally {
      await config.update("codeActionsOnSave", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it("never return suppressions or documentation where only fixes of the source are asked for", async () => {
    const { uri, found } = await opened("shop/dumps.yaml", dumps, pipe);
    for (const kind of [
      CodeActionKind.SourceFixAll,
      CodeActionKind.SourceFixAll.append("dbops"),
      CodeActionKind.Source,
    ]) {
      const all = (await actions(uri, found.range, kind)).filter((each) =>
        /dbops|Disable|documentation/.test(each.title),
      );
      assert.deepEqual(
        all.map((each) => each.kind?.value),
        ["source.fixAll.dbops"],
        kind.value,
      );
    }
    const organize = await actions(uri, found.range, CodeActionKind.SourceOrganizeImports);
    assert.deepEqual(
      organize.filter((each) => /dbops/.test(each.title)),
      [],
    );
  });

  for (const [scope, before, after] of [
    ["this line", "      termination", `      # dbops-disable-next-line ${grace} -- \n      termination`],
    ["this object", "apiVersion", `# dbops-disable-next-line ${grace} -- \napiVersion`],
    ["the entire file", "apiVersion", `# dbops-disable-file ${grace} -- \napiVersion`],
  ] as const)
    it(`disable a rule for ${scope}, with the cursor at the reason`, async () => {
      const { uri, found, text, editor } = await opened("shop/orders.yaml", orders, grace);
      await apply(await action(uri, found.range, `Disable ${grace} for ${scope}`));
      assert.equal(text(), orders.replace(before, after));
      await until("the cursor at the reason", () => {
        const { active } = editor.selection;
        return editor.document.lineAt(active.line).text.slice(0, active.character).endsWith("-- ");
      });
      await vscode.commands.executeCommand("type", { text: "drained by hand" });
      assert.match(text(), / -- drained by hand\n/);
      await gone(uri, grace);
      assert.deepEqual(
        findings(uri)
          .map(ruleOf)
          .filter((each) => each.startsWith("suppression")),
        [],
      );
    });

  it("add to a suppression that is there, or write it behind the value when that is set", async () => {
    const suppressed = orders.replace(
      "      termination",
      "      # dbops-disable-next-line data-on-hostpath -- pinned\n      termination",
    );
    const { uri, found, text, editor } = await opened("shop/orders.yaml", suppressed, grace);
    await apply(await action(uri, found.range, `Disable ${grace} for this line`));
    assert.equal(text(), suppressed.replace("data-on-hostpath --", `data-on-hostpath, ${grace} --`));
    await vscode.commands.executeCommand("undo");
    const config = vscode.workspace.getConfiguration("dbops", uri);
    const target = vscode.ConfigurationTarget.WorkspaceFolder;
    await config.update("codeAction.disableRuleComment", { enable: true, location: "sameLine" }, target);
    try {
      await edit(editor, "      # dbops-disable-next-line data-on-hostpath -- pinned\n", "");
      const again = await until("the finding at its new line", async () => {
        const found = await finding(uri, grace);
        return place(found) === "16:38-39" && found;
      });
      await apply(await action(uri, again.range, `Disable ${grace} for this line`));
      assert.equal(text(), orders.replace("Seconds: 5", `Seconds: 5 # dbops-disable-line ${grace} -- `));
    } finally {
      await config.update("codeAction.disableRuleComment", undefined, target);
    }
  });

  it("are made for the text as it is now, not as it was linted", async () => {
    const { uri, editor, found, text } = await opened("shop/dumps.yaml", dumps, pipe);
    await edit(editor, "apiVersion", "# backups of the shop\n\napiVersion");
    const moved = new vscode.Range(found.range.start.translate(2), found.range.end.translate(2));
    const fix = (await actions(uri, moved)).find((each) => each.title.startsWith(addPipefail));
    assert.ok(fix, "at once, without a pause");
    await apply(fix);
    assert.match(text(), /- set -o pipefail; pg_dump -Fc -h orders-db/);
  });

  it("show the page of the rule that comes with the extension", async () => {
    const { uri, found } = await opened("shop/orders.yaml", orders, grace);
    await apply(await action(uri, found.range, `Show documentation for ${grace}`));
    const page = await until("the page", () =>
      vscode.workspace.textDocuments.find(
        (each) => each.uri.scheme === "dbops" && each.uri.path === `/rules/${grace}.md`,
      ),
    );
    assert.match(page.getText(), /^# grace-period-too-short$/m);
    await until("the rendered page", () =>
      vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tab.label.includes(`${grace}.md`))),
    );
  });
});
