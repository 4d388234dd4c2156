import { ForwardSearch } from "../text/forward-search.ts";
import type { Span } from "../text/span.ts";
import { findGoAddresses } from "./go-dsn.ts";

/** The passwords before addresses: `scheme://user:PASSWORD@host`, `user:PASSWORD@tcp(host)`, `user:PASSWORD@host:5432`. */
export function addressPasswords(text: string): readonly Span[] {
  return text.includes(":") ? [...urlPasswords(text), ...goPasswords(text), ...bareLogins(text)] : [];
}

/** `://user:PASSWORD@host`, also where the password holds what should have been encoded, or where the rest is lost. */
function urlPasswords(text: string): Span[] {
  const found: Span[] = [];
  const search = new ForwardSearch(text);
  for (let mark = text.indexOf("://"); mark >= 0; mark = text.indexOf("://", mark + 3)) {
    let colon = mark + 3;
    while (colon < text.length && !/[\s:/?#@'"`\\]/.test(text[colon] ?? "")) colon++;
    if (text[colon] !== ":") continue;
    const start = colon + 1;
    const rest = text.slice(start, Math.min(search.lineEnd(start), search.next("://", start)));
    const blank = rest.search(/\s/);
    const word = blank < 0 ? rest.length : blank;
    const end = lastAt(rest.slice(0, word)) ?? lastAt(rest);
    const isPort = /^\d{1,5}(?![^/?#,'"\s)\]}])/.test(rest.slice(0, 6));
    // `host:port` has no password; `user:password` whose rest is lost has one.
    if (!isPort && rest !== "") found.push({ start, end: start + (end ?? word) });
    else if (isPort && end !== undefined && !/[/?#\s'"]/.test(rest.slice(0, end)))
      found.push({ start, end: start + end });
  }
  return found;
}

function goPasswords(text: string): readonly Span[] {
  return findGoAddresses(text).flatMap(({ password }) => password ?? []);
}

const hostWithMore = /(?!sha\d+:)[A-Za-z0-9][A-Za-z0-9.-]{0,252}(?::\d|\/)/y;

/** `user:PASSWORD@host:5432` and `user:PASSWORD@host/database` without a scheme; an image has a path or `sha256:` there. */
function bareLogins(text: string): readonly Span[] {
  const found: Span[] = [];
  let behind = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    hostWithMore.lastIndex = at + 1;
    if (!hostWithMore.test(text)) continue;
    let start = at;
    while (start > behind && !/[\s'"`]/.test(text[start - 1] ?? "")) start--;
    const login = text.slice(start, at);
    behind = at;
    const colon = login.indexOf(":");
    if (colon > 0 && !login.includes("://") && !login.slice(0, colon).includes("/"))
      found.push({ start: start + colon + 1, end: at });
  }
  return found;
}

/** The `@` that ends the password: the last one before the host ends. */
function lastAt(rest: string): number | undefined {
  let at = rest.indexOf("@");
  if (at < 0) return undefined;
  for (let next = rest.indexOf("@", at + 1); next >= 0; next = rest.indexOf("@", next + 1)) {
    if (/[/?#\s"'`;<>]/.test(rest.slice(at + 1, next))) break;
    at = next;
  }
  return at;
}
