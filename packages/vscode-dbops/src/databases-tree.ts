import { type OverviewItem, overviewOf, severityRank } from "@dbops/core";
import * as vscode from "vscode";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { problems, toRange } from "./to-vscode.ts";

const icons: Readonly<Record<OverviewItem["kind"], string>> = {
  database: "database",
  pooler: "git-merge",
  backup: "archive",
  migration: "arrow-up",
};

interface Entry {
  readonly item: OverviewItem;
  readonly session: Session;
  /** Whether another entry of the kind has the same name: then its file tells them apart. */
  readonly isAmbiguous: boolean;
}

/** Databases of the workspace with their poolers, backups and migrations, and how much was found in each. */
export class DatabasesTree implements vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #subscription: vscode.Disposable;
  #isShown = false;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#subscription = sessions.onDidLint(() => this.#showWhereThereAreDatabases());
  }

  /** A workspace without databases has no views of them. */
  #showWhereThereAreDatabases(): void {
    const linted = this.#sessions.all().filter(({ folder, result }) => folder !== undefined && result !== undefined);
    const isShown = linted.some((session) => session.holdsDatabases);
    if (linted.length === 0 || isShown === this.#isShown) return;
    this.#isShown = isShown;
    void vscode.commands.executeCommand("setContext", "dbops.hasDatabases", isShown);
  }

  async getChildren(parent: unknown): Promise<Entry[]> {
    if (isEntry(parent)) return entriesOf(parent.item.children.map((item) => ({ item, session: parent.session })));
    const all = await Promise.all(
      this.#sessions.folders().map(async (session) => {
        const result = await session.overview();
        const items = result === undefined ? [] : overviewOf(result).filter((item) => session.holds(item));
        return items.map((item) => ({ item, session }));
      }),
    );
    return entriesOf(all.flat());
  }

  getTreeItem(entry: unknown): vscode.TreeItem {
    if (!isEntry(entry)) throw new TypeError("the Databases view only has entries of its own");
    const { item, session, isAmbiguous } = entry;
    const place = session.find(item.uri);
    const { None, Expanded } = vscode.TreeItemCollapsibleState;
    const shown = new vscode.TreeItem(item.label, item.children.length > 0 ? Expanded : None);
    const count = item.findings.length;
    const found = count === 0 ? "" : `${problems(count)} · `;
    const file = isAmbiguous && place !== undefined ? ` · ${vscode.workspace.asRelativePath(place.uri)}` : "";
    shown.description = `${found}${item.detail}${file}`;
    shown.iconPath = new vscode.ThemeIcon(icons[item.kind], colorOf(item));
    shown.tooltip = [
      `${item.kind} ${item.label}`,
      ...item.notes,
      ...item.findings.map((finding) => `• ${finding.message}`),
    ].join("\n");
    if (place !== undefined)
      shown.command = {
        command: "vscode.open",
        title: vscode.l10n.t("Open"),
        arguments: [place.uri, { selection: toRange(item.span, place.file) }],
      };
    return shown;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function entriesOf(all: readonly Omit<Entry, "isAmbiguous">[]): Entry[] {
  const count = ({ kind, label }: OverviewItem): number =>
    all.filter(({ item }) => item.kind === kind && item.label === label).length;
  return all.map((each) => ({ ...each, isAmbiguous: count(each.item) > 1 }));
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && "item" in value;
}

function colorOf({ findings }: OverviewItem): vscode.ThemeColor | undefined {
  const worst = Math.max(-1, ...findings.map((finding) => severityRank[finding.severity]));
  if (worst < severityRank.warning) return undefined;
  return new vscode.ThemeColor(worst === severityRank.error ? "list.errorForeground" : "list.warningForeground");
}
