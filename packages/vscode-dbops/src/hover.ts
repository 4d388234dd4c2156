import { hoverIn, nameOf } from "@dbops/session";
import * as vscode from "vscode";
import { rulePage } from "./rule-pages.ts";
import type { Sessions } from "./sessions.ts";
import { toRange } from "./to-vscode.ts";

/** What is worth saying about a place; the session computes it, here it is only shown. */
export class Hovers implements vscode.HoverProvider {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const session = this.#sessions.of(document);
    const hover = session && hoverIn(session, document, document.offsetAt(position), linkTo);
    const file = session?.find(nameOf(document.uri))?.file;
    if (hover === undefined || file === undefined) return undefined;
    return new vscode.Hover(hover.parts.map(markdown), toRange(hover.span, file));
  }
}

function linkTo(ruleId: string): string {
  return `[${vscode.l10n.t("More")}](${rulePage(ruleId).toString()})`;
}

function markdown(text: string): vscode.MarkdownString {
  const shown = new vscode.MarkdownString(text);
  shown.isTrusted = { enabledCommands: ["dbops.showRule"] };
  return shown;
}
