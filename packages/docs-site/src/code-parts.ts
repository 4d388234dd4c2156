/** Markdown of a sentence or two: what is between single backticks is code. */
export function codeParts(markdown: string): readonly { readonly text: string; readonly isCode: boolean }[] {
  return markdown
    .split("`")
    .map((text, index) => ({ text, isCode: index % 2 === 1 }))
    .filter(({ text }) => text !== "");
}
