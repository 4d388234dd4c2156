/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], conjunction: "and" | "or" = "and"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
}

/** The first words, and how many follow: `a, b and 2 more`. */
export function firstListed(words: readonly string[], most: number): string {
  const rest = words.length - most;
  return listed(rest > 0 ? [...words.slice(0, most), `${rest} more`] : words);
}
