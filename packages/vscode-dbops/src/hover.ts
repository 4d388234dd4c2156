import { allRules, builtInRules, hoverAt } from "@dbops/core";
import * as vscode from "vscode";
import { rulePage } from "./rule-pages.ts";
import type { Sessions } from "./sessions.ts";
import { nameOf, toRange } from "./to-vscode.ts";

/** What is worth saying about a place; the core computes it, here it is only shown. */
export class Hovers implements vscode.HoverProvider {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const session = this.#sessions.of(document);
    if (session === undefined) return undefined;
    const all = session.current(document);
    const found = session.find(nameOf(document.uri));
    if (session.result === undefined || found === undefined) return undefined;
    const hover = hoverAt(session.result, found.file.uri, document.offsetAt(position), new Date().toISOString());
    const here = all.filter(({ diagnostic }) => diagnostic.range.contains(position));
    const advice = new Map(
      [...here.map(({ finding }) => finding), ...(hover?.ruleId === undefined ? [] : [{ ruleId: hover.ruleId }])].map(
        (each: { readonly ruleId: string; readonly remedy?: string }) => [`${each.ruleId} ${each.remedy ?? ""}`, each],
      ),
    );
    const parts = [...advice.values()].flatMap(({ ruleId, remedy }) => remedyOf(ruleId, remedy));
    if (hover !== undefined && hover.ruleId === undefined) parts.unshift(markdown(hover.markdown));
    if (parts.length === 0) return undefined;
    const range = hover === undefined ? here[0]?.diagnostic.range : toRange(hover.span, found.file);
    return new vscode.Hover(parts, range);
  }
}

/** What a rule is about and what to do, in two sentences and a link. */
function remedyOf(ruleId: string, own: string | undefined): readonly vscode.MarkdownString[] {
  const rule = [...allRules, ...builtInRules].find(({ id }) => id === ruleId);
  if (rule === undefined) return [];
  const { summary, remedy: usual } = rule.meta;
  const remedy = own ?? usual;
  return [markdown(`**${ruleId}**: ${summary} ${remedy} [${vscode.l10n.t("More")}](${rulePage(ruleId).toString()})`)];
}

function markdown(text: string): vscode.MarkdownString {
  const shown = new vscode.MarkdownString(text);
  shown.isTrusted = { enabledCommands: ["dbops.showRule"] };
  return shown;
}
