import { printable } from "@dbops/core";

/**
 * What others say, as a line that may be shown: no passwords of URLs, no tokens, nothing that a terminal obeys. Servers, proxies,
 * programs for credentials and libraries quote what they were given, so every line of a cluster goes through here.
 */
export function masked(text: string): string {
  return printable(withoutUserInfo(text).replace(tokens, "…"));
}

/** The same of a text that a program for credentials printed: whatever may be a key there is none of a reader's business. */
export function maskedStrictly(text: string): string {
  return masked(text)
    .split(" ")
    .map((word) => word.replace(/[\w+/=~.-]+/g, (part) => (isKeyLike(part) ? "…" : part)))
    .join(" ");
}

/** A JSON Web Token, and what follows the names of schemes. */
const tokens = /\beyJ[\w-]{5,}(?:\.[\w-]*){0,4}|(?<=\b(?:Bearer|Basic) )[\w+/=~.-]{6,}/g;

/** Long, and of more sorts of characters than a word, a host or a path has. */
function isKeyLike(part: string): boolean {
  return part.split(/[./]/).some((piece) => piece.length >= 16 && /\d/.test(piece) && /[a-z]/i.test(piece));
}

/** `https://…@host` of `https://ada:secret@host`: up to the last @ of the word, because a password may hold what ends a host. */
function withoutUserInfo(text: string): string {
  if (!text.includes("://")) return text;
  return text
    .split(/(\s)/)
    .map((word) => {
      const start = word.indexOf("://");
      const end = word.lastIndexOf("@");
      return start < 0 || end < start ? word : `${word.slice(0, start)}://…${word.slice(end)}`;
    })
    .join("");
}
