import assert from "node:assert/strict";
import * as vscode from "vscode";
import { actions, clean, edit, finding, findings, gone, pause, place, rules, show, until, write } from "./editor.ts";
import { dumps, orders } from "./manifests.ts";

const grace = "grace-period-too-short";

async function withSetting(name: string, value: unknown, run: () => Promise<void>): Promise<void> {
  const config = vscode.workspace.getConfiguration("dbops");
  await config.update(name, value, vscode.ConfigurationTarget.Workspace);
  try {
    await run();
  } finally {
    await config.update(name, undefined, vscode.ConfigurationTarget.Workspace);
  }
}

describe("configuration", () => {
  afterEach(clean);

  it("of the nearest file holds, in each folder its own", async () => {
    await write("shop/.dbops.yaml", `rules:\n  ${grace}: off\n`);
    await write("shop/legacy/.dbops.yaml", `rules:\n  ${grace}: error\n`);
    const shop = await write("shop/orders.yaml", orders);
    const legacy = await write("shop/legacy/orders.yaml", orders.replaceAll("orders-db", "old-db"));
    const billing = await write("billing/orders.yaml", orders);
    for (const uri of [shop, legacy, billing]) await show(uri);
    assert.equal((await finding(billing, grace)).severity, vscode.DiagnosticSeverity.Warning);
    await until(
      "the level of the nearer file",
      async () => (await finding(legacy, grace)).severity === vscode.DiagnosticSeverity.Error,
    );
    await gone(shop, grace);
  });

  it("is followed while it is edited, before it is saved; what is broken in it is underlined there", async () => {
    const config = await write("shop/.dbops.yaml", "rules: {}\n");
    const uri = await write("shop/orders.yaml", orders);
    await show(uri);
    await finding(uri, grace);
    const editor = await show(config);
    await edit(editor, "rules: {}", `rules:\n  ${grace}: off`);
    await gone(uri, grace);
    await edit(editor, grace, "grace-period-too-shrt");
    const broken = await finding(config, "configuration-unknown-rule");
    assert.equal(place(broken), "2:3-24");
    assert.match(broken.message, /did you mean "grace-period-too-short"/);
    await finding(uri, grace);
  });

  it("that cannot be read is underlined, and its last good text holds meanwhile", async () => {
    const config = await write("shop/.dbops.yaml", `rules:\n  ${grace}: error\n`);
    const uri = await write("shop/orders.yaml", orders);
    await show(uri);
    const isGrave = async () => (await finding(uri, grace)).severity === vscode.DiagnosticSeverity.Error;
    await until("the level that is written", isGrave);
    const editor = await show(config);
    await edit(editor, "error\n", "error\nexclude: [\n");
    await finding(config, "configuration-invalid-value");
    assert.ok(await isGrave());
  });

  it("of the editor: off, quiet, other levels, only with a configuration, excluded files", async () => {
    const uri = await write("shop/orders.yaml", orders);
    await show(uri);
    await finding(uri, grace);
    await withSetting("enable", false, async () => {
      await until("nothing while it is off", () => findings(uri).length === 0);
    });
    await finding(uri, grace);
    await withSetting("quiet", true, async () => {
      await gone(uri, grace);
    });
    await withSetting("rules.customizations", [{ rule: "grace-*", severity: "upgrade" }], async () => {
      await until(
        "a graver level",
        async () => (await finding(uri, grace)).severity === vscode.DiagnosticSeverity.Error,
      );
    });
    await withSetting("requireConfiguration", true, async () => {
      await until("nothing without a configuration", () => findings(uri).length === 0);
    });
    await withSetting("exclude", ["*.yaml"], async () => {
      await until("nothing for an excluded file", () => findings(uri).length === 0);
    });
    await finding(uri, grace);
  });

  it("lets linting wait for the file to be saved", async () => {
    const uri = await write("shop/orders.yaml", orders);
    const editor = await show(uri);
    await finding(uri, grace);
    await withSetting("run", "onSave", async () => {
      await pause(700); // the changed setting itself lints once more
      await edit(editor, "Seconds: 5", "Seconds: 600");
      await pause(700);
      assert.ok(rules(uri).includes(grace));
      await editor.document.save();
      await gone(uri, grace);
    });
  });

  it("is made by a command where there is none, and opened where there is one", async () => {
    const uri = await write("shop/orders.yaml", orders);
    await show(uri);
    await finding(uri, grace);
    await vscode.commands.executeCommand("dbops.openConfigFile");
    const config = vscode.window.activeTextEditor?.document;
    assert.match(config?.uri.path ?? "", /\/shop\/\.dbops\.yaml$/);
    assert.match(config?.getText() ?? "", /extends: recommended/);
  });

  it("of the whole workspace: a command lints files that are not open, another pauses and resumes", async () => {
    const closed = await write("shop/closed.yaml", orders);
    const uri = await write("shop/orders.yaml", orders.replaceAll("orders-db", "other-db"));
    await show(uri);
    await finding(uri, grace);
    await pause(500);
    assert.deepEqual(findings(closed), []);
    await vscode.commands.executeCommand("dbops.lintWorkspace");
    await finding(closed, grace);
    await vscode.commands.executeCommand("dbops.toggleLinting");
    await until("silence while paused", () => findings(uri).length + findings(closed).length === 0);
    await vscode.commands.executeCommand("dbops.toggleLinting");
    await finding(uri, grace);
  });

  it("gives each folder a task that lints it without the command line", async () => {
    const uri = await write("shop/orders.yaml", orders);
    const tasks = await until("the tasks", async () => {
      const found = await vscode.tasks.fetchTasks({ type: "dbops" });
      return found.length >= 3 && found;
    });
    const shop = tasks.find((each) => typeof each.scope === "object" && each.scope.name === "shop");
    assert.ok(shop);
    assert.deepEqual(shop.problemMatchers, ["$dbops"]);
    const run = async (): Promise<number | undefined> => {
      const ended = new Promise<number | undefined>((resolve) => {
        const listening = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name !== shop.name) return;
          listening.dispose();
          resolve(exitCode);
        });
      });
      await vscode.tasks.executeTask(shop);
      return ended;
    };
    await until("the file to be read: it has an error", async () => (await run()) === 1);
    const found = await until("the problem matcher's marker", () =>
      vscode.languages.getDiagnostics(uri).find(({ message }) => /kills mysql:8\.4\.3 5 s after/.test(message)),
    );
    assert.equal(found.range.start.line, 15);
  });

  it("of all files: a setting shows what is not open, a command ends what another began", async () => {
    const closed = await write("shop/closed.yaml", orders);
    const uri = await write("shop/orders.yaml", orders.replaceAll("orders-db", "other-db"));
    await show(uri);
    await vscode.commands.executeCommand("dbops.lintOpenFiles");
    await finding(uri, grace);
    await withSetting("lintWorkspace", true, async () => {
      await finding(closed, grace);
    });
    await gone(closed, grace);
    await withSetting("lintWorkspace", true, async () => {
      await finding(closed, grace);
      await vscode.commands.executeCommand("dbops.lintOpenFiles");
      await gone(closed, grace);
    });
    await vscode.commands.executeCommand("dbops.lintWorkspace");
    await finding(closed, grace);
    await vscode.commands.executeCommand("dbops.lintOpenFiles");
    await gone(closed, grace);
    assert.ok(rules(uri).includes(grace));
  });

  it("of fixing on save: once, or until nothing is left; some rules only", async () => {
    const uri = await write("shop/dumps.yaml", dumps);
    const editor = await show(uri);
    await finding(uri, "backup-pipe-hides-failure");
    const kind = vscode.CodeActionKind.SourceFixAll.append("dbops");
    const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
    const offered = async () => (await actions(uri, all, kind)).filter((each) => each.edit !== undefined).length;
    await until("the fix", async () => (await offered()) === 1);
    await withSetting("codeActionsOnSave.mode", "problems", async () => {
      assert.equal(await offered(), 1);
    });
    await withSetting("codeActionsOnSave.rules", ["grace-period-too-short"], async () => {
      await until("no fix of other rules", async () => (await offered()) === 0);
    });
    await withSetting("enable", false, async () => {
      await until("no fix while it is off", async () => (await offered()) === 0);
    });
    await withSetting("rules.customizations", [{ rule: "backup-*", severity: "off" }], async () => {
      await until("no fix of what is not shown", async () => (await offered()) === 0);
    });
    await withSetting("fixAll", false, async () => {
      await until("no fix at all", async () => (await offered()) === 0);
    });
  });
});
