import type { Severity } from "@dbops/core";

/** How a text may look. */
export type Style = Severity | "dim" | "bold" | "added" | "removed" | "heading";

/** Colours a text in the style of its name. */
export type Paint = (style: Style, text: string) => string;

const codes: Readonly<Record<Style, string>> = {
  error: "31",
  warning: "33",
  info: "36",
  dim: "2",
  bold: "1",
  added: "32",
  removed: "31",
  heading: "36",
};

/** How a style looks, where there are colours. */
export function painter({ color }: { readonly color: boolean }): Paint {
  return (style, text) => (color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}
