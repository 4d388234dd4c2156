/** A manifest to start from, with `{{name}}` where its user fills in a value. */
export interface Snippet {
  readonly name: string;
  readonly summary: string;
  /** Snippets that belong into the same folder: a database and its backup. */
  readonly beside: readonly string[];
  /** The first choice holds when nothing is set. */
  readonly placeholders: readonly {
    readonly name: string;
    readonly choices: readonly string[];
    readonly description: string;
  }[];
  readonly body: string;
}

/** The manifest with every value filled in. */
export function expand(snippet: Snippet, values: ReadonlyMap<string, string> = new Map()): string {
  return snippet.body.replace(
    /\{\{(\w+)\}\}/g,
    (_whole, name: string) =>
      values.get(name) ?? snippet.placeholders.find((each) => each.name === name)?.choices[0] ?? "",
  );
}
