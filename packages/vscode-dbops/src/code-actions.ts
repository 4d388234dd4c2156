import type { Finding, FixOptions } from "@dbops/core";
import {
  type AfterAction,
  actionsAt,
  documentationOf,
  fixAllEdits,
  fixesOnRequest,
  isAt,
  nameOf,
  type OfferedAction,
  type Say,
  type ShownPlan,
  suppressionsOf,
} from "@dbops/session";
import * as vscode from "vscode";
import type { Shown } from "./published.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { settingsFor } from "./settings.ts";
import { toDiagnostic, toWorkspaceEdit } from "./to-vscode.ts";

export const fixAllKind = vscode.CodeActionKind.SourceFixAll.append("dbops");

/** An action whose edit is made when it is chosen. */
class FixAllAction extends vscode.CodeAction {
  readonly document: vscode.TextDocument;
  readonly which: FixOptions;

  constructor(title: string, document: vscode.TextDocument, which: FixOptions) {
    super(title, vscode.CodeActionKind.QuickFix);
    this.document = document;
    this.which = which;
  }
}

/** Quick fixes of findings, and `source.fixAll.dbops`. */
export class CodeActions implements vscode.CodeActionProvider {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { only }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const session = this.#sessions.of(document);
    const changes = this.#sessions.changesIn(document);
    const isHere = ({ diagnostic }: Shown): boolean => diagnostic.range.intersection(range) !== undefined;
    const changesHere = changes?.shown.filter(isHere) ?? [];
    if (session === undefined) return changes === undefined ? [] : procedureActions(changesHere, changes.session);
    const settings = settingsFor(document.uri);
    if (only !== undefined && !only.contains(vscode.CodeActionKind.QuickFix))
      return only.contains(fixAllKind) ? sourceFixAll(session, document) : [];
    const place = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
    const { fixes, suppressions } = actionsAt(session, document, place, settings, say);
    const file = session.find(nameOf(document.uri))?.file;
    const ofChanges = changesHere.flatMap(({ finding }) =>
      file === undefined || session.follower?.isOfBase(finding) === true
        ? []
        : suppressionsOf(finding, file, settings, say),
    );
    const found = session.current(document).filter((finding) => isAt(finding, place));
    const documented = documentationOf([...found, ...changesHere.map(({ finding }) => finding)], settings, say);
    const offered = [...fixes, ...suppressions, ...ofChanges, ...documented];
    return [
      ...procedureActions(changesHere, session),
      ...offered.flatMap((action) => toCodeAction(action, document, session, changesHere) ?? []),
      ...levelActions(found),
    ];
  }

  resolveCodeAction(action: vscode.CodeAction): vscode.CodeAction {
    if (action instanceof FixAllAction) {
      const session = this.#sessions.of(action.document);
      const edit = session && fixAllEdit(session, action.document, action.which);
      if (edit !== undefined) action.edit = edit;
    }
    return action;
  }
}

const say: Say = vscode.l10n.t;

/** An action as VS Code shows it; undefined: a file that it edits is gone. */
function toCodeAction(
  { title, findings, isPreferred, edits, fixAll, after }: OfferedAction,
  document: vscode.TextDocument,
  session: Session,
  changes: readonly Shown[],
): vscode.CodeAction | undefined {
  const action =
    fixAll === undefined
      ? new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
      : new FixAllAction(title, document, fixAll);
  const diagnosticOf = (finding: Finding): vscode.Diagnostic | undefined =>
    changes.find((each) => each.finding === finding)?.diagnostic ?? toDiagnostic(finding, session.find);
  if (findings.length > 0) action.diagnostics = findings.flatMap((finding) => diagnosticOf(finding) ?? []);
  action.isPreferred = isPreferred;
  if (edits !== undefined) {
    const edit = toWorkspaceEdit(edits, session.find);
    if (edit === undefined) return undefined;
    action.edit = edit;
  }
  if (after !== undefined) action.command = toCommand(after, title, document);
  return action;
}

function toCommand(after: AfterAction, title: string, { uri }: vscode.TextDocument): vscode.Command {
  switch (after.name) {
    case "showRule":
      return { command: "dbops.showRule", title, arguments: [after.ruleId] };
    case "showProcedure":
      return { command: "dbops.showPlan", title: after.title, arguments: [after.title, after.markdown] };
    case "writeReason":
      return {
        command: "dbops.writeReason",
        title: vscode.l10n.t("Write the reason"),
        arguments: [uri, after.line, after.column],
      };
  }
}

/** Below all else: for the whole repository, and asked for a level first. */
function levelActions(found: readonly Finding[]): vscode.CodeAction[] {
  return [...new Set(found.map(({ ruleId }) => ruleId))].map((ruleId) => {
    const title = say("Change the level of {0}…", ruleId);
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { command: "dbops.changeLevel", title, arguments: [ruleId] };
    return action;
  });
}

/** The ways through changes, each once for all that is found about its object. */
function procedureActions(here: readonly Shown[], { follower }: Session): vscode.CodeAction[] {
  const plans = new Map<string, { readonly plan: ShownPlan; readonly diagnostics: vscode.Diagnostic[] }>();
  for (const { finding, diagnostic } of here) {
    const plan = follower?.planOf(finding);
    if (plan === undefined) continue;
    const known = plans.get(plan.markdown);
    if (known === undefined) plans.set(plan.markdown, { plan, diagnostics: [diagnostic] });
    else known.diagnostics.push(diagnostic);
  }
  return [...plans.values()].map(({ plan: { title, steps, markdown }, diagnostics }) => {
    const shown =
      steps === 1
        ? vscode.l10n.t("Show the procedure (1 step)")
        : vscode.l10n.t("Show the procedure ({0} steps)", steps);
    const action = new vscode.CodeAction(plans.size > 1 ? `${shown}: ${title}` : shown, vscode.CodeActionKind.QuickFix);
    action.diagnostics = diagnostics;
    action.command = { command: "dbops.showPlan", title: shown, arguments: [title, markdown] };
    return action;
  });
}

function sourceFixAll(session: Session, document: vscode.TextDocument): vscode.CodeAction[] {
  const edits = fixesOnRequest(session, document, settingsFor(document.uri));
  const edit = edits.length === 0 ? undefined : toWorkspaceEdit(edits, session.find);
  if (edit === undefined) return [];
  const action = new vscode.CodeAction(vscode.l10n.t("Fix all auto-fixable dbops problems"), fixAllKind);
  action.edit = edit;
  return [action];
}

/** Every safe fix of a document as one edit; undefined where there is none. */
export function fixAllEdit(
  session: Session,
  document: vscode.TextDocument,
  which: FixOptions = {},
): vscode.WorkspaceEdit | undefined {
  const edits = fixAllEdits(session, document, which);
  return edits.length === 0 ? undefined : toWorkspaceEdit(edits, session.find);
}
