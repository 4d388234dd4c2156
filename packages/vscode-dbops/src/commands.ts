import * as vscode from "vscode";
import { fixAllEdit } from "./code-actions.ts";
import { changeLevel, openConfigFile } from "./config-file.ts";
import type { CommandName } from "./extension.ts";
import type { PoolEntry, PoolTree } from "./pool-tree.ts";
import type { RulePages } from "./rule-pages.ts";
import type { Sessions } from "./sessions.ts";
import { version } from "./version.ts";
import { writeReason } from "./write-reason.ts";

/** What commands work on. */
interface Surroundings {
  readonly sessions: Sessions;
  readonly pages: RulePages;
  readonly log: vscode.LogOutputChannel;
  readonly pools: PoolTree;
  /** Tells the views of databases that they are out of date. */
  refresh(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: what VS Code hands to a command is not typed
type Command = (...words: any[]) => unknown;

/** Everything in the command palette, and what actions and links call. */
export function commandsFor({
  sessions,
  pages,
  log,
  pools,
  refresh,
}: Surroundings): Readonly<Record<CommandName, Command>> {
  return {
    fixAll: () => fixActiveDocument(sessions),
    lintWorkspace: () => lintWorkspace(sessions),
    lintOpenFiles: () => sessions.lintOpen(),
    openConfigFile: () => openConfigFile(sessions),
    toggleLinting: () => {
      const isOn = sessions.toggle();
      const text = isOn ? vscode.l10n.t("Linting is on again") : vscode.l10n.t("Linting is paused in this window");
      vscode.window.setStatusBarMessage(text, 4000);
    },
    restart: () => sessions.restart(),
    showOutputChannel: () => log.show(),
    debugInformation: () => showDebugInformation(sessions),
    refreshDatabases: refresh,
    poolWhatIf: (entry: PoolEntry) => pools.whatIf(entry),
    poolApply: (entry: PoolEntry) => pools.apply(entry),
    poolReset: (entry: PoolEntry) => pools.reset(entry),
    poolResetAll: () => pools.reset(), // VS Code hands the focused entry to commands of a title
    changeLevel: (ruleId: string) => changeLevel(sessions, ruleId),
    showRule: (ruleId: string) => pages.showRule(ruleId),
    showPlan: (title: string, markdown: string) => pages.showPlan(title, markdown),
    writeReason,
  };
}

async function fixActiveDocument(sessions: Sessions): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const session = document && sessions.of(document);
  if (document === undefined || session === undefined) return;
  const edit = fixAllEdit(session, document);
  if (edit === undefined)
    vscode.window.setStatusBarMessage(vscode.l10n.t("dbops: nothing here can be fixed safely"), 4000);
  else await vscode.workspace.applyEdit(edit);
}

async function lintWorkspace(sessions: Sessions): Promise<void> {
  const total = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("dbops is reading the workspace") },
    () => sessions.lintWhole(),
  );
  await vscode.commands.executeCommand("workbench.actions.view.problems");
  const message =
    total === 1
      ? vscode.l10n.t("dbops: 1 problem in the workspace")
      : vscode.l10n.t("dbops: {0} problems in the workspace", total);
  vscode.window.setStatusBarMessage(message, 6000);
}

async function showDebugInformation(sessions: Sessions): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const session = document && sessions.of(document);
  const lines = [
    `dbops ${version}, VS Code ${vscode.version} (${vscode.env.appHost})`,
    `active document: ${document?.uri.toString() ?? "none"} (${document?.languageId ?? ""})`,
    `linted: ${session === undefined ? "no" : session.folder === undefined ? "alone" : `in folder ${session.folder.name}`}`,
    `configuration: ${(document && session?.configOf(document)?.toString()) ?? "the defaults"}`,
    ...sessions.all().flatMap((each) => {
      const { result } = each;
      if (result === undefined) return [];
      const { counts, units } = result;
      const slow = each.slowness === undefined ? "" : ", longer than dbops.timeBudget.onValidation allows";
      return [
        "",
        `${each.folder?.uri.toString() ?? "a single document"}: ${result.files.size} files, ${counts.objects} objects in the requested ones`,
        `  linted in ${each.duration.toFixed(1)} ms${slow}`,
        ...(each.follower?.about === undefined ? [] : [`  ${each.follower.about}`]),
        ...units.map((unit) => `  ${unit.kind} ${unit.name}: ${unit.uris.length} files`),
        ...result.notLinted.map((each) => `  not linted: ${each.uri} document ${each.document} ${each.message}`),
      ];
    }),
  ];
  await vscode.window.showTextDocument(
    await vscode.workspace.openTextDocument({ language: "plaintext", content: `${lines.join("\n")}\n` }),
  );
}
