import type { FolderSession } from "@dbops/session";
import type * as vscode from "vscode";
import type { ChangesSinceBase } from "./changes-since-base.ts";

/** A session of VS Code: it compares what it lints with a git revision, too. */
export type Session = FolderSession<vscode.Uri, vscode.TextDocument, ChangesSinceBase>;
