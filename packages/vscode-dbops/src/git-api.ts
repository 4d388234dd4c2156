// What is used of the API of VS Code's Git extension: https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts,
// as in VS Code 1.90 (2024-06) and 1.139 (2026-11).
import * as vscode from "vscode";

/** `status` of a change: a file that only the new side has, and one that has moved. */
export const statuses = { added: 1, renamed: 3 } as const;

interface Change {
  readonly originalUri: vscode.Uri;
  readonly renameUri: vscode.Uri | undefined;
  readonly status: number;
}

export interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly onDidChange: vscode.Event<void> };
  /** Rejects where there is none. */
  getCommit(revision: string): Promise<{ readonly hash: string }>;
  getMergeBase(one: string, other: string): Promise<string | undefined>;
  /** What of the index or a commit is not on disk with the same text; files that git does not track are not told. */
  diffWith(treeish: string): Promise<readonly Change[]>;
  /** Rejects where the commit has no such file. */
  buffer(commit: string, path: string): Promise<Uint8Array>;
}

export interface GitApi {
  readonly state: "uninitialized" | "initialized";
  readonly onDidChangeState: vscode.Event<unknown>;
  readonly onDidOpenRepository: vscode.Event<unknown>;
  readonly onDidCloseRepository: vscode.Event<unknown>;
  getRepository(uri: vscode.Uri): GitRepository | null;
  openRepository(root: vscode.Uri): Promise<GitRepository | null>;
  toGitUri(uri: vscode.Uri, commit: string): vscode.Uri;
}

export interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  /** Throws while it is not enabled. */
  getAPI(version: 1): GitApi;
}

/** The Git extension, running; undefined: it is not there, as in the browser and in workspaces that are not trusted. */
export async function gitExtension(): Promise<GitExtension | undefined> {
  return vscode.extensions.getExtension<GitExtension>("vscode.git")?.activate();
}
