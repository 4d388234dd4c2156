/** Says something to a person in their language: `{0}` stands for the first word. The texts are the keys of translations. */
export type Say = (text: string, ...words: readonly (string | number)[]) => string;

/** For hosts that have no translations. */
export const sayInEnglish: Say = (text, ...words) =>
  text.replace(/\{(\d+)\}/g, (whole, index: string) => String(words[Number(index)] ?? whole));
