import {
  allRules,
  builtInRules,
  completeConfiguration,
  configurationSchema,
  isConfigFile,
  type SourceFile,
  type Span,
} from "@dbops/core";
import type { Say } from "./say.ts";

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

/** Something that an editor offers to write. */
export interface OfferedCompletion {
  readonly label: string;
  readonly kind: "rule" | "suppression" | "key" | "value";
  readonly insertText: string;
  /** Whether `insertText` has tab stops, in the syntax of VS Code and of the Language Server Protocol. */
  readonly isSnippet: boolean;
  readonly documentation?: string;
  readonly sortText?: string;
  /** What it replaces. */
  readonly span: Span;
}

/**
 * Rule ids in suppressions, and keys and values of .dbops.yaml.
 * @param foundHere rules that found something in the file come first
 */
export function completionsAt(
  file: SourceFile,
  offset: number,
  foundHere: () => ReadonlySet<string>,
  say: Say,
): readonly OfferedCompletion[] {
  const before = file.text.slice(file.lineSpan(file.positionAt(offset).line).start, offset);
  const span = wordAt(file.text, offset);
  if (suppression.test(before)) {
    const known = foundHere();
    return allRules.map(({ id, meta }) => ({
      label: id,
      kind: "rule",
      insertText: id,
      isSnippet: false,
      documentation: meta.summary,
      sortText: `${known.has(id) ? 0 : 1} ${id}`,
      span,
    }));
  }
  const isConfig = isConfigFile(file.uri);
  if (begun.test(before)) return isConfig ? [] : suppressions(span, say);
  if (!isConfig || file.uri.endsWith(".json")) return [];
  const found = completeConfiguration(file.text, offset, configurationSchema([...allRules, ...builtInRules]));
  return found.map(({ label, kind, insertText, description }) => ({
    label,
    kind: kind === "key" ? "key" : "value",
    insertText,
    isSnippet: false,
    ...(description === undefined ? {} : { documentation: description }),
    span,
  }));
}

/** `# dbops-disable-next-line RULE -- reason`, with stops at the rule and the reason. */
function suppressions(span: Span, say: Say): readonly OfferedCompletion[] {
  return Object.entries(directives).map(([directive, covers]) => ({
    label: directive,
    kind: "suppression",
    insertText: `${directive} \${1:rule} -- \${2:reason}`,
    isSnippet: true,
    documentation: say("Suppresses findings of a rule in {0}", covers),
    span,
  }));
}

const wordCharacter = /[\w$.-]/;

function wordAt(text: string, offset: number): Span {
  const isWord = (at: number): boolean => wordCharacter.test(text[at] ?? " ");
  let start = offset;
  while (start > 0 && isWord(start - 1)) start--;
  let end = offset;
  while (isWord(end)) end++;
  return { start, end };
}
