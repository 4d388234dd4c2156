import { type Fix, type FixOptions, SourceFile, soundFixes, type TextEdit } from "@dbops/core";
import type { ShownPlan } from "@dbops/session";
import * as vscode from "vscode";
import type { Shown } from "./published.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { settingsFor } from "./settings.ts";
import { suppressActions } from "./suppress-actions.ts";
import { differenceOf, toWorkspaceEdit } from "./to-vscode.ts";

export const fixAllKind = vscode.CodeActionKind.SourceFixAll.append("dbops");

/** An action whose edit is made when it is chosen. */
class FixAllAction extends vscode.CodeAction {
  readonly document: vscode.TextDocument;
  readonly which: FixOptions;

  constructor(title: string, document: vscode.TextDocument, which: FixOptions = {}) {
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
    const all = session.current(document);
    if (only !== undefined && !only.contains(vscode.CodeActionKind.QuickFix))
      return only.contains(fixAllKind) ? sourceFixAll(session, document) : [];
    const here = all.filter(isHere);
    const ofAll = fixAllActions(document, all, here);
    return [
      ...procedureActions(changesHere, session),
      ...here.flatMap((each) => fixActions(each, session)),
      ...ofAll,
      ...here.flatMap((each) => suppressActions(each, document, session)),
      ...changesHere.flatMap((each) =>
        session.changes?.isOfBase(each.finding) === true ? [] : suppressActions(each, document, session),
      ),
      ...documentationActions(document, [...here, ...changesHere]),
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

/** Every fix of a finding; the first safe one is preferred, the title of the others says what they cause. */
function fixActions({ finding, diagnostic }: Shown, session: Session): vscode.CodeAction[] {
  const fixes = soundFixes(finding, session.result?.files ?? new Map());
  const preferred = fixes.find((fix) => fix.safety === "safe");
  return fixes.flatMap((fix) => {
    const action = new vscode.CodeAction(titleOf(finding.ruleId, fix), vscode.CodeActionKind.QuickFix);
    action.diagnostics = [diagnostic];
    action.isPreferred = fix === preferred;
    if (fix.safety === "procedure") {
      action.command = {
        command: "dbops.showProcedure",
        title: fix.title,
        arguments: [fix.title, `${fix.consequence ?? ""}\n\n${fix.steps ?? ""}`.trim()],
      };
      return [action];
    }
    const edit = toWorkspaceEdit(fix.edits, session.find);
    if (edit === undefined) return [];
    action.edit = edit;
    return [action];
  });
}

/** The ways through changes, each once for all that is found about its object. */
function procedureActions(here: readonly Shown[], { changes }: Session): vscode.CodeAction[] {
  const plans = new Map<string, { readonly plan: ShownPlan; readonly diagnostics: vscode.Diagnostic[] }>();
  for (const { finding, diagnostic } of here) {
    const plan = changes?.planOf(finding);
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

/** What is done, and of an unsafe fix what it causes: `Wait 120 s before killing the server (unsafe: restarts every instance)`. */
function titleOf(ruleId: string, fix: Fix): string {
  if (fix.safety === "procedure") return `${fix.title} (${ruleId})`;
  if (fix.safety === "safe") return fix.title;
  const sentence = fix.consequence?.replace(/\.$/, "") ?? "";
  const cause = sentence.replace(/^[A-Z](?=[a-z]*[ ,])/, (letter) => letter.toLowerCase());
  return vscode.l10n.t("{0} (unsafe: {1})", fix.title, cause);
}

function fixAllActions(
  document: vscode.TextDocument,
  all: readonly Shown[],
  here: readonly Shown[],
): readonly vscode.CodeAction[] {
  const fixable = all.filter(({ finding }) => finding.fixes.some((fix) => fix.safety === "safe"));
  const rules = new Set(fixable.map(({ finding }) => finding.ruleId));
  const ofRules = [...new Set(here.map(({ finding }) => finding.ruleId))].flatMap((ruleId) => {
    const many = fixable.filter(({ finding }) => finding.ruleId === ruleId);
    if (many.length < 2) return [];
    const action = new FixAllAction(vscode.l10n.t("Fix all {0} problems", ruleId), document, {
      ruleIds: new Set([ruleId]),
    });
    action.diagnostics = many.map(({ diagnostic }) => diagnostic);
    return [action];
  });
  const isWorthwhile = here.length > 0 && fixable.length > 1 && rules.size > 0;
  return [
    ...ofRules,
    ...(isWorthwhile ? [new FixAllAction(vscode.l10n.t("Fix all auto-fixable problems"), document)] : []),
  ];
}

function sourceFixAll(session: Session, document: vscode.TextDocument): vscode.CodeAction[] {
  const settings = settingsFor(document.uri);
  if (!settings.fixesAll) return [];
  const { fixAllRules, fixAllMode } = settings;
  const edit = fixAllEdit(session, document, {
    ...(fixAllRules === undefined ? {} : { ruleIds: new Set(fixAllRules) }),
    ...(fixAllMode === "problems" ? { rounds: 1 } : {}),
  });
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
  const edits: TextEdit[] = session.fixed(document, which).flatMap((file) => {
    const before = session.find(file.uri);
    return before === undefined ? [] : [differenceOf(before.file, new SourceFile(file.uri, file.text))];
  });
  return edits.length === 0 ? undefined : toWorkspaceEdit(edits, session.find);
}

function documentationActions(document: vscode.TextDocument, here: readonly Shown[]): readonly vscode.CodeAction[] {
  if (!settingsFor(document.uri).showsDocumentation) return [];
  return [...new Set(here.map(({ finding }) => finding.ruleId))].map((ruleId) => {
    const title = vscode.l10n.t("Show documentation for {0}", ruleId);
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { command: "dbops.showRule", title, arguments: [ruleId] };
    action.diagnostics = here.flatMap(({ finding, diagnostic }) => (finding.ruleId === ruleId ? [diagnostic] : []));
    return action;
  });
}
