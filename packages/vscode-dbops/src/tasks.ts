import * as vscode from "vscode";

/** What linting a folder says: a line for each finding, as `kubectl dbops lint -o concise` writes it, and whether one is an error. */
export interface Report {
  readonly lines: readonly string[];
  readonly hasErrors: boolean;
}

type Lint = (folder: vscode.WorkspaceFolder) => Promise<Report>;

/** The task "dbops: lint": the extension's own linter over a folder, its output read by the problem matcher `$dbops`. */
export function registerTasks(lint: Lint): vscode.Disposable {
  const taskFor = (folder: vscode.WorkspaceFolder, definition: vscode.TaskDefinition): vscode.Task => {
    const execution = new vscode.CustomExecution(async () => terminalOf(() => lint(folder)));
    const task = new vscode.Task(definition, folder, "lint", "dbops", execution, "$dbops");
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
    return task;
  };
  return vscode.tasks.registerTaskProvider("dbops", {
    provideTasks: () => {
      const folders = vscode.workspace.workspaceFolders ?? [];
      // Two tasks of one definition are one for VS Code, whatever their folders.
      const definitionFor = ({ name }: vscode.WorkspaceFolder): vscode.TaskDefinition =>
        folders.length > 1 ? { type: "dbops", task: "lint", folder: name } : { type: "dbops", task: "lint" };
      return folders.map((folder) => taskFor(folder, definitionFor(folder)));
    },
    resolveTask: (task) => {
      const folder = typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
      return folder === undefined ? undefined : taskFor(folder, task.definition);
    },
  });
}

/** Milliseconds until the problem matcher has read the last line: VS Code stops it 100 ms after the terminal is closed. */
const settling = 1000;

/** A terminal that shows the report; its exit codes are those of the command line. */
function terminalOf(lint: () => Promise<Report>): vscode.Pseudoterminal {
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number>();
  const write = (lines: readonly string[], code: number): void => {
    for (const line of lines) written.fire(`${line}\r\n`);
    setTimeout(() => closed.fire(code), settling);
  };
  return {
    onDidWrite: written.event,
    onDidClose: closed.event,
    open: () => {
      lint().then(
        ({ lines, hasErrors }) => write(lines, hasErrors ? 1 : 0),
        (error: unknown) => write([String(error)], 2),
      );
    },
    close: () => {},
  };
}
