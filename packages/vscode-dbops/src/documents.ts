import { isManifestLanguage } from "@dbops/session/languages";
import * as vscode from "vscode";

const own = new Set(["dbops", "output", "vscode", "walkThrough", "walkThroughSnippet", "vscode-scm", "comment"]);

/** Language ids of YAML, as extensions give them. */
export const yamlSelector: readonly string[] = ["yaml", "kubernetes", "helm", "yaml-textmate", "kustomize"];

/** Language ids that providers register for. */
export const selector: vscode.DocumentSelector = [...yamlSelector, "json", "jsonc"];

/** Whether a document is one that people write and that may hold manifests; settings and what is in it are asked later. */
export function mayHoldManifests({ uri, languageId }: vscode.TextDocument): boolean {
  if (own.has(uri.scheme)) return false;
  const isKnown = uri.scheme === "untitled" || vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  // A diff or a pull request shows old texts under schemes of its own; only file systems are linted.
  if (!isKnown && !/^(file|vscode-(vfs|remote|userdata|test-web))$/.test(uri.scheme)) return false;
  return isManifestLanguage(languageId) || uri.path.includes("/.dbops.");
}
