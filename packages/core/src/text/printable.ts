/**
 * What a terminal, an editor or a CI log obeys instead of showing it: C0 and C1 controls, line separators, signs without a width, and
 * those that turn the direction of writing (https://trojansource.codes).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unprintable = /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** A text that shows as it is, on one line: nothing in it moves a cursor, ends a line or turns it around. */
export function printable(text: string): string {
  return text.replace(unprintable, "\ufffd");
}

/** The same with each such character as an escape that the format reads back. */
export function escapeUnprintable(text: string, write: (code: number) => string): string {
  return text.replace(unprintable, (character) => write(character.charCodeAt(0)));
}
