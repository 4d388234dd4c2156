/** A manifest to start from, as VS Code reads a file of snippets. */
export interface EditorSnippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

/** Snippets by their titles. */
export type EditorSnippets = Readonly<Record<string, EditorSnippet>>;

/**
 * Whether a whole manifest may begin at a line: at the top of a document, nothing or `db-…` typed. Offered behind every `db`, `redis` or
 * `backup` that somebody types anywhere, snippets would be in the way.
 * @param lineAt the text of a line, without its end
 */
export function mayBeginAt(line: number, lineAt: (line: number) => string): boolean {
  if (!/^(db-[\w-]*)?$/.test(lineAt(line))) return false;
  for (let above = line - 1; above >= 0; above--) {
    const text = lineAt(above);
    if (/^---(\s|$)/.test(text)) return true;
    if (!/^\s*(#.*)?$/.test(text)) return false;
  }
  return true;
}
