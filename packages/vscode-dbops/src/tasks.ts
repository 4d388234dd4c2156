import * as vscode from "vscode";

/** The task "dbops: lint": the command line over a folder, its output read by the problem matcher `$dbops`. */
export function registerTasks(): vscode.Disposable {
  const taskFor = (folder: vscode.WorkspaceFolder, definition: vscode.TaskDefinition): vscode.Task => {
    const command = new vscode.ShellExecution("kubectl dbops lint -o concise .", { cwd: folder.uri.fsPath });
    const task = new vscode.Task(definition, folder, "lint", "dbops", command, "$dbops");
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
    return task;
  };
  return vscode.tasks.registerTaskProvider("dbops", {
    provideTasks: () =>
      (vscode.workspace.workspaceFolders ?? []).map((folder) => taskFor(folder, { type: "dbops", task: "lint" })),
    resolveTask: (task) => {
      const folder = typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
      return folder === undefined ? undefined : taskFor(folder, task.definition);
    },
  });
}
