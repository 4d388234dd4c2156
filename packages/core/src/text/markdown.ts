import { oneLine } from "./one-line.ts";

const entities: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** A text inside a cell of a table. */
export function cell(text: string): string {
  return oneLine(text)
    .replace(/[\\|[]/g, (character) => `\\${character}`)
    .replace(/[<>&]/g, (character) => entities[character] ?? character);
}
