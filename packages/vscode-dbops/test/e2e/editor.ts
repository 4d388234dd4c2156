import * as vscode from "vscode";

/** Waits until the probe gives something; the workbench tells the extension host of things a moment later. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | PromiseLike<T | undefined | false>,
  milliseconds = 15_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(40);
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

const folders = ["shop", "billing", "payments"] as const;

export function folder(name: (typeof folders)[number]): vscode.Uri {
  const found = vscode.workspace.workspaceFolders?.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the workspace has no folder ${name}`);
  return found.uri;
}

/** A file in a folder of the workspace. */
export async function write(path: string, text: string): Promise<vscode.Uri> {
  const [name, ...rest] = path.split("/");
  const uri = vscode.Uri.joinPath(folder(name as (typeof folders)[number]), ...rest);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

export async function show(uri: vscode.Uri): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

export function findings(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((each) => each.source === "dbops");
}

export function ruleOf(diagnostic: vscode.Diagnostic): string {
  return typeof diagnostic.code === "object" ? String(diagnostic.code.value) : String(diagnostic.code ?? "");
}

export const rules = (uri: vscode.Uri): string[] => findings(uri).map(ruleOf).sort();

/** The finding of a rule, once it is shown. */
export function finding(uri: vscode.Uri, ruleId: string): Promise<vscode.Diagnostic> {
  return until(`${ruleId} in ${uri.path}; there are ${rules(uri)}`, () =>
    findings(uri).find((each) => ruleOf(each) === ruleId),
  );
}

export function gone(uri: vscode.Uri, ruleId: string): Promise<true> {
  return until(`${ruleId} to go from ${uri.path}`, () => !rules(uri).includes(ruleId) || undefined);
}

/** `line:column-column`, counting from 1 as the Problems panel does. */
export function place({ range }: vscode.Diagnostic): string {
  const { start, end } = range;
  return `${start.line + 1}:${start.character + 1}-${end.line === start.line ? "" : `${end.line + 1}:`}${end.character + 1}`;
}

export async function edit(editor: vscode.TextEditor, before: string, after: string): Promise<void> {
  const offset = editor.document.getText().indexOf(before);
  if (offset < 0) throw new Error(`there is no ${before}`);
  const range = new vscode.Range(
    editor.document.positionAt(offset),
    editor.document.positionAt(offset + before.length),
  );
  await editor.edit((builder) => builder.replace(range, after));
}

/** Code actions at a range, the edits of lazy ones made; asked again until the named one is there. */
export async function actions(
  uri: vscode.Uri,
  range: vscode.Range,
  kind?: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    uri,
    range,
    kind?.value,
    50,
  );
}

export function action(uri: vscode.Uri, range: vscode.Range, title: string): Promise<vscode.CodeAction> {
  return until(`the action "${title}"`, async () =>
    (await actions(uri, range)).find((each) => each.title.startsWith(title)),
  );
}

/** Applies an action as the editor does: its edit, then its command. */
export async function apply(chosen: vscode.CodeAction): Promise<void> {
  if (chosen.edit !== undefined && !(await vscode.workspace.applyEdit(chosen.edit)))
    throw new Error(`${chosen.title} was refused`);
  if (chosen.command !== undefined)
    await vscode.commands.executeCommand(chosen.command.command, ...(chosen.command.arguments ?? []));
}

/** Closes every editor without saving, and deletes what the tests wrote. */
export async function clean(): Promise<void> {
  while (vscode.window.tabGroups.all.some((group) => group.tabs.length > 0))
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  for (const name of folders)
    for (const [entry] of await vscode.workspace.fs.readDirectory(folder(name)))
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(name), entry), { recursive: true });
  await pause(300); // the watchers see it
}
