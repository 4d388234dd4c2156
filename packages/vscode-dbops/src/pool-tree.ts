import { numberIn, type PoolItem, PoolView } from "@dbops/session";
import * as vscode from "vscode";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { toRange, toWorkspaceEdit } from "./to-vscode.ts";

const icons: Readonly<Record<PoolItem["owner"]["role"], string>> = {
  database: "database",
  pooler: "git-merge",
  client: "server-process",
};

/** A row of the view. */
export interface PoolEntry {
  readonly item: PoolItem;
  readonly session: Session;
}

/** Who opens how many connections to which server, and what other numbers would make of it. */
export class PoolTree {
  readonly #sessions: Sessions;
  readonly #changed: vscode.EventEmitter<undefined>;
  /** What is tried out ends with the session that it is about. */
  readonly #views = new WeakMap<Session, PoolView>();

  /** @param changed tells the view that it is out of date */
  constructor(sessions: Sessions, changed: vscode.EventEmitter<undefined>) {
    this.#sessions = sessions;
    this.#changed = changed;
  }

  async getChildren(parent: PoolEntry | undefined): Promise<PoolEntry[]> {
    if (parent !== undefined) return parent.item.children.map((item) => ({ item, session: parent.session }));
    const all = this.#sessions.folders().map(async (session) => {
      const items = await this.#viewOf(session).items();
      return items.map((item) => ({ item, session }));
    });
    return (await Promise.all(all)).flat();
  }

  getTreeItem({ item, session }: PoolEntry): vscode.TreeItem {
    const { owner, label, detail, notes, at, isOver, isTrial, isSupposed, numbers } = item;
    const { None, Expanded } = vscode.TreeItemCollapsibleState;
    const shown = new vscode.TreeItem(label, owner.role === "database" ? Expanded : None);
    const place = session.find(at.uri);
    const range = place && toRange(at.span, place.file);
    const where = place && range && `${vscode.workspace.asRelativePath(place.uri)}:${range.start.line + 1}`;
    shown.description = owner.role === "database" ? detail : `${detail} · ${where}`;
    shown.tooltip = [`${owner.role} ${label}`, detail, ...notes, where].join("\n");
    const color = isOver && `list.${isOver === "peak" ? "error" : "warning"}Foreground`;
    shown.iconPath = new vscode.ThemeIcon(
      isTrial ? "beaker" : icons[owner.role],
      color && new vscode.ThemeColor(color),
    );
    shown.contextValue = [...(numbers.length > 0 ? ["numbers"] : []), ...(isSupposed ? ["supposed"] : [])].join();
    if (place !== undefined)
      shown.command = {
        command: "vscode.open",
        title: vscode.l10n.t("Open"),
        arguments: [place.uri, { selection: range }],
      };
    return shown;
  }

  /** Asks for a number and calculates with it; the file stays as it is. */
  async whatIf({ item, session }: PoolEntry): Promise<void> {
    const { owner, label, numbers, proposals } = item;
    const choices = numbers.map(({ setting, fact }) => ({ label: setting, description: String(fact.value ?? "") }));
    const [first] = choices;
    const chosen = choices.length < 2 ? first : await vscode.window.showQuickPick(choices, { title: label });
    if (chosen === undefined) return;
    const proposal = proposals.find(({ setting }) => setting === chosen.label);
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t("What if {0} of {1} were …", chosen.label, label),
      value: String(proposal?.value ?? chosen.description),
      ...(proposal === undefined ? {} : { prompt: proposal.text }),
      validateInput: (typed) => (numberIn(typed) === undefined ? vscode.l10n.t("A whole number below 1,000,000") : ""),
    });
    const value = text === undefined ? undefined : numberIn(text);
    if (value === undefined) return;
    this.#viewOf(session).suppose(owner, chosen.label, value);
    this.#changed.fire(undefined);
  }

  /** Calculates with what the files say again: of one entry, or of all. */
  reset(entry?: PoolEntry): void {
    if (entry !== undefined) this.#viewOf(entry.session).reset(entry.item.owner);
    else for (const session of this.#sessions.folders()) this.#viewOf(session).reset();
    this.#changed.fire(undefined);
  }

  /** Writes what is tried out over the number in the file, as an edit that can be undone. */
  async apply(entry: PoolEntry): Promise<void> {
    const { item, session } = entry;
    const edits = (await this.#viewOf(session).edits(item.owner)) ?? [];
    const [first] = edits;
    const edit = toWorkspaceEdit(edits, session.find);
    const place = first && session.find(first.uri);
    if (first === undefined || place === undefined || edit === undefined) {
      const text = vscode.l10n.t(
        "dbops cannot write this: the number of {0} is a default, or made of several",
        item.label,
      );
      void vscode.window.showInformationMessage(text);
      return;
    }
    const { start } = toRange(first.span, place.file);
    if (!(await vscode.workspace.applyEdit(edit))) return;
    await vscode.window.showTextDocument(place.uri, { selection: new vscode.Range(start, start) });
    this.reset(entry);
  }

  #viewOf(session: Session): PoolView {
    const view = this.#views.get(session) ?? new PoolView(session);
    this.#views.set(session, view);
    return view;
  }
}
