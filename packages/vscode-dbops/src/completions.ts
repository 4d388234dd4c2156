import { allRules, builtInRules, completeConfiguration, configurationSchema, isConfigFile } from "@dbops/core";
import * as vscode from "vscode";
import type { Sessions } from "./sessions.ts";

/** Ends where the next rule id of a suppression is typed. */
const suppression = /#\s*dbops-(?:disable(?:-line|-next-line|-file)?|enable)\s+(?:[\w-]+\s*,\s*)*[\w-]*$/;
/** A comment that begins; what it becomes with `dbops` in front. */
const begun = /^[^"']*#\s*(?<word>[\w-]*)$/;
const directives: Readonly<Record<string, string>> = {
  "dbops-disable-next-line": "the next line, and the node whose key begins there",
  "dbops-disable-line": "this line, and the node whose key begins here",
  "dbops-disable-file": "the file",
  "dbops-disable": "everything down to dbops-enable",
};
const yamlExtension = "redhat.vscode-yaml";

/** Rule ids in suppressions, and keys and values of .dbops.yaml where nothing else completes it. */
export class Completions implements vscode.CompletionItemProvider {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    const before = document.lineAt(position).text.slice(0, position.character);
    if (suppression.test(before)) return this.#rules(document, position);
    const comment = begun.exec(before)?.groups?.word;
    if (comment !== undefined) return isConfigFile(document.uri.path) ? [] : suppressions(document, position);
    // Red Hat YAML completes from the schema that comes with the extension, and knows flow style, too.
    const isOurs = isConfigFile(document.uri.path) && !document.uri.path.endsWith(".json");
    if (!isOurs || vscode.extensions.getExtension(yamlExtension) !== undefined) return [];
    const found = completeConfiguration(
      document.getText(),
      document.offsetAt(position),
      configurationSchema([...allRules, ...builtInRules]),
    );
    const range = wordAt(document, position);
    return found.map(({ label, kind, insertText, description }) => {
      const item = new vscode.CompletionItem(
        label,
        kind === "key" ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.Value,
      );
      item.insertText = insertText;
      item.range = range;
      if (description !== undefined) item.documentation = description;
      return item;
    });
  }

  /** Rules that found something in the file come first. */
  #rules(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    const shown = this.#sessions.of(document)?.current(document) ?? [];
    const here = new Set(shown.map(({ finding }) => finding.ruleId));
    const range = wordAt(document, position);
    return allRules.map(({ id, meta }) => {
      const item = new vscode.CompletionItem(id, vscode.CompletionItemKind.Constant);
      item.documentation = meta.summary;
      item.sortText = `${here.has(id) ? 0 : 1} ${id}`;
      item.range = range;
      return item;
    });
  }
}

/** `# dbops-disable-next-line RULE -- reason`, with stops at the rule and the reason. */
function suppressions(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
  return Object.entries(directives).map(([directive, covers]) => {
    const item = new vscode.CompletionItem(directive, vscode.CompletionItemKind.Snippet);
    item.insertText = new vscode.SnippetString(`${directive} \${1:rule} -- \${2:reason}`);
    item.documentation = vscode.l10n.t("Suppresses findings of a rule in {0}", covers);
    item.range = wordAt(document, position);
    return item;
  });
}

function wordAt(document: vscode.TextDocument, position: vscode.Position): vscode.Range {
  return document.getWordRangeAtPosition(position, /[\w$.-]+/) ?? new vscode.Range(position, position);
}
