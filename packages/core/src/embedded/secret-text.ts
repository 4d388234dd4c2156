import { mayTakePassword } from "../facts/password-options.ts";
import { isSecretName } from "../facts/secret-names.ts";
import { append } from "../text/append.ts";
import { ForwardSearch } from "../text/forward-search.ts";
import { fileName } from "../text/scan.ts";
import type { Span } from "../text/span.ts";
import { addressPasswords } from "./address-passwords.ts";
import { passwordWords } from "./command-passwords.ts";
import { shellPieces } from "./shell-pieces.ts";

// What is a secret in a text, wherever the text comes from: scripts, configuration files, URLs, SQL, comments, and what is left of
// them where they are broken. It would rather hide a word too much. Every reader goes through the text once.

/** How deep scripts inside the words of scripts are looked at: `sh -c "psql -c \"…\""`. */
const deepest = 3;

/** The secret values in a text, in order and disjoint. `isProse`: a sentence of ours, in which "password: whoever" is no setting. */
export function secretsInText(written: string, isProse = false): readonly Span[] {
  // A lone carriage return ends a line too.
  const text = written.replaceAll("\r", "\n");
  // Most texts are a word.
  if (!/[\s:=@"'>$]/.test(text)) return hashes(text);
  const found = [...addressPasswords(text), ...namedValues(text, isProse), ...sqlPasswords(text), ...hashes(text)];
  if (!isProse)
    append(
      found,
      passwordFileLines(text),
      userLists(text),
      aclPasswords(text),
      directives(text),
      elements(text),
      hashedInSql(text),
    );
  append(found, privateKeys(text), redisInput(text), commandPasswords(text, 0));
  // A quote that is lost turns the quotes of all lines behind it inside out, a backquote those of its line.
  if (/[\n`]/.test(text)) append(found, lineByLine(text));
  return joined(found.flatMap((span) => withoutQuotes(text, span) ?? []));
}

/** Spans in order, those that meet as one. */
export function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
    else if (span.end > last.end) result[result.length - 1] = { start: last.start, end: span.end };
  }
  return result;
}

/** Without quotes around it; undefined where nothing is left, or only the name of a variable or a gap that is filled later. */
function withoutQuotes(text: string, { start, end }: Span): Span | undefined {
  let [from, to] = [start, end];
  while (from < to && isBlank(text[to - 1])) to--;
  const first = text[from] ?? "";
  const last = text[to - 1] ?? "";
  if (first === '"' || first === "'") {
    from++;
    if (to > from && last === first) to--;
  } else if (last === '"' || last === "'") to--;
  // Behind a variable an outer shell word may close, and a sentence goes on: `sh -c 'mysql -p"$PASSWORD"'`: the shell reads it.
  const isVariable = /^\$[({A-Z_]/.test(text.slice(from, from + 2));
  let bare = to;
  while (isVariable && bare > from && /["'`:;,.]/.test(text[bare - 1] ?? "")) bare--;
  return isFilledLater(text.slice(from, bare)) ? undefined : { start: from, end: to };
}

/** A reference that holds no value of its own: no default (`${A:-value}`), no text before or behind it. */
export function isFilledLater(value: string): boolean {
  if (value === "" || value.startsWith("…")) return true;
  if (value.length > 256) return false;
  return (
    /^\$\(\w+\)$|^\$\{\w+\}$|^\$[A-Z_][A-Z0-9_]*$|^\$[a-z_]+$|^\$\d$|^<[\w .-]+>$|^\{\{[^"'`]*\}\}$|^%\w+%$|^__[A-Z0-9_]+__$/.test(
      value,
    ) ||
    /^\*+$|^x{3,}$|^(true|false|null|~)$/i.test(value) ||
    /^\$\(?(cat|head|tr|openssl|pwgen|printf|echo)?[ \t(]*</.test(value) ||
    /^"?\$\((cat|openssl|pwgen|kubectl|aws|vault|date) [^"']*\)?$/.test(value)
  );
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r" || character === "\n";
}

/** `NAME=value`, `name: value`, `?name=value&`, `Name=value;`, `"name": "value"`, where the name says that it is a secret. */
function namedValues(text: string, isProse: boolean): Span[] {
  const found: Span[] = [];
  const search = new ForwardSearch(text);
  /** The quote that is open on this line. */
  let quote: string | undefined;
  /** The last `name:` or `path:` of a list item: what its `value:` is. */
  let item = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\n") quote = undefined;
    else if (character === '"' || character === "'") {
      if (quote === undefined) quote = character;
      else if (quote === character) quote = undefined;
    } else if (character === "=" || character === ":") {
      const name = nameBefore(text, at);
      if (name === undefined) continue;
      const word = text.slice(name.start, name.end);
      if (character === ":" && /^(name|path)$/.test(word)) item = wordBehind(search, at + 1);
      const isValue = character === ":" && word === "value" && isSecretName(fileName(item));
      if (!isValue && !isSecretName(word.slice(word.lastIndexOf(".") + 1))) continue;
      const span = valueBehind(search, name, at, quote, isProse);
      if (span === undefined) continue;
      found.push(span);
      if (text.slice(at, span.end).includes("\n")) quote = undefined;
      at = Math.max(at, span.end - 1);
    }
  }
  return found;
}

interface Name extends Span {
  readonly isQuoted: boolean;
}

const longestName = 128;

function nameBefore(text: string, separator: number): Name | undefined {
  let end = separator;
  while (end > 0 && separator - end < 8 && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  const isQuoted = text[end - 1] === '"' || text[end - 1] === "'";
  if (isQuoted) end--;
  if (isQuoted && text[end - 1] === "\\") end--;
  let start = end;
  while (start > 0 && end - start <= longestName && /[\w.-]/.test(text[start - 1] ?? "")) start--;
  return start === end || end - start > longestName ? undefined : { start, end, isQuoted };
}

/** The word of `name: word`, without quotes. */
function wordBehind(search: ForwardSearch, from: number): string {
  const line = search.text.slice(from, Math.min(search.lineEnd(from), from + 256)).trim();
  return (/^["']?([^"',}]*)/.exec(line)?.[1] ?? "").trim();
}

function valueBehind(
  search: ForwardSearch,
  name: Name,
  separator: number,
  quote: string | undefined,
  isProse: boolean,
): Span | undefined {
  const { text } = search;
  let at = separator + 1;
  const isColon = text[separator] === ":";
  // `${NAME:-default}`, `${NAME:=default}`
  if (isColon && text[name.start - 1] === "{" && text[name.start - 2] === "$") {
    if (text[at] !== "-" && text[at] !== "=") return undefined;
    return { start: at + 1, end: Math.min(search.next("}", at), search.lineEnd(at)) };
  }
  if (text[at] === "=" || text[at] === ">") at++;
  const behind = at;
  while (text[at] === " " || text[at] === "\t") at++;
  const isApart = at > behind;
  if (isColon && text.startsWith("//", at)) return undefined;
  if (isColon && isProse && isApart && !name.isQuoted) return undefined;
  const eol = search.lineEnd(at);
  if (at >= eol) return isColon ? blockBehind(text, name, eol) : undefined;
  if (isColon && /^[|>][-+\d]*[ \t\r]*$/.test(text.slice(at, Math.min(eol, at + 12))))
    return blockBehind(text, name, eol);
  const opener = text[at] === "\\" ? text.slice(at, at + 2) : (text[at] ?? "");
  if (/^\\?["'`]$/.test(opener) && quote !== opener)
    return { start: at + opener.length, end: closingOf(search, at + opener.length, opener, eol) };
  const before = text[name.start - 1] ?? "";
  if (before === "?" || before === "&") return { start: at, end: endAt(text, at, eol, /[&\s"'`#]/) };
  const isList = before === ";" || (text[name.start - 2] === ";" && isBlank(before));
  if (isList) return { start: at, end: closed(search, at, eol, quote, endAt(text, at, eol, /;/)) };
  if (isColon && (isApart || name.isQuoted)) {
    // JSON and flow maps go on behind a number or a bracket.
    return { start: at, end: closed(search, at, eol, quote, name.isQuoted ? endAt(text, at, eol, /[,}\]]/) : eol) };
  }
  const isConfiguration =
    !isColon && beginsLine(text, name.start) && quote === undefined && /[a-z]/.test(text[name.start] ?? "");
  if (isConfiguration && !/[ \t;]["'\w-]+ ?=/.test(text.slice(at, Math.min(eol, at + 200))))
    return { start: at, end: eol };
  if (isConfiguration && /^[^\n]{0,200}?;/.test(text.slice(at, at + 201)))
    return { start: at, end: endAt(text, at, eol, /;/) };
  return { start: at, end: wordEnd(search, at, eol, quote) };
}

/** The text of `|` or of the next, deeper lines, for a key whose value does not stand on its own line. */
function blockBehind(text: string, name: Name, eol: number): Span | undefined {
  const indent = indentOf(text, text.lastIndexOf("\n", name.start) + 1);
  const first = /\S/.exec(text.slice(eol, eol + 4096));
  if (first === null) return undefined;
  const start = eol + first.index;
  if (indentOf(text, text.lastIndexOf("\n", start) + 1) <= indent) return undefined;
  // A map below the key says itself what is secret in it.
  if (/^["']?[\w.-]{1,128}["']?:(\s|$)/.test(text.slice(start, start + 132))) return undefined;
  let end = lineEnd(text, start);
  while (end < text.length) {
    const next = lineEnd(text, end + 1);
    if (text.slice(end + 1, next).trim() !== "" && indentOf(text, end + 1) <= indent) break;
    end = next;
  }
  return { start, end };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function indentOf(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === " " || text[at] === "\t" || (text[at] === "-" && text[at + 1] === " ")) at++;
  return at - lineStart;
}

/** Where a quoted value ends: at the quote that is neither escaped nor doubled, or with the line. */
function closingOf(search: ForwardSearch, from: number, opener: string, eol: number): number {
  const { text } = search;
  for (let end = search.next(opener, from); end < eol; end = search.next(opener, end + opener.length)) {
    if (opener.length === 1 && text[end - 1] === "\\" && text[end - 2] !== "\\") continue;
    if (opener === "'" && text[end + 1] === "'") {
      end++;
      continue;
    }
    // `"hun"ter2"`: what ends a value has nothing of it behind it.
    if (!/\w/.test(text[end + opener.length] ?? "")) return end;
  }
  return eol;
}

function endAt(text: string, from: number, most: number, stop: RegExp): number {
  let end = from;
  while (end < most && !stop.test(text[end] ?? "")) end++;
  return end;
}

/** Not beyond the quote around the whole. */
function closed(search: ForwardSearch, from: number, eol: number, quote: string | undefined, end: number): number {
  return quote === undefined ? end : Math.min(end, closingOf(search, from, quote, eol));
}

/** The end of a shell word, or of the quoted text that it stands in. */
function wordEnd(search: ForwardSearch, from: number, eol: number, quote: string | undefined): number {
  const { text } = search;
  const most = closed(search, from, eol, quote, eol);
  let end = from;
  while (end < most) {
    const character = text[end] ?? "";
    if (isBlank(character)) break;
    if (character === "\\") end++;
    else if (quote === undefined && (character === '"' || character === "'")) {
      const close = search.next(character, end + 1);
      if (close < most) end = close;
    }
    end++;
  }
  end = Math.min(end, most);
  if (quote === undefined) end += lostQuote(text.slice(end, Math.min(most, end + 200)));
  // `(password=x)`, but `password=$(X)` keeps what it opened.
  const last = text[end - 1] ?? "";
  const opener = { ")": "(", "]": "[", "}": "{" }[last];
  const isOutside = opener === undefined ? last === "," || last === ";" : !text.slice(from, end).includes(opener);
  return end > from + 1 && quote === undefined && isOutside ? end - 1 : end;
}

/** How far a value goes on whose first quote is lost: `hun ter2' user=app`. */
function lostQuote(rest: string): number {
  const next = /[\s;]\w+=/.exec(rest)?.index ?? rest.length;
  const own = rest.slice(0, next);
  const quote = own.search(/["']/);
  return quote >= 0 && own.split(own[quote] ?? "").length % 2 === 0 ? own.lastIndexOf(own[quote] ?? "") : 0;
}

/** Whether only indentation, a dash, a comment sign or `export` stand before. */
function beginsLine(text: string, start: number): boolean {
  let at = start;
  while (at > 0 && start - at < 64 && /[ \t\-#;"'{]/.test(text[at - 1] ?? "")) at--;
  return at === 0 || text[at - 1] === "\n";
}

/** The passwords that SQL sets; not those that a variable fills in. */
export function passwordsInSql(sql: string): readonly Span[] {
  return sqlPasswords(sql).flatMap((span) => {
    const bare = withoutQuotes(sql, span);
    return bare === undefined || /[$%]|\{\{/.test(sql.slice(bare.start, bare.end)) ? [] : bare;
  });
}

/** `PASSWORD 'x'`, `IDENTIFIED BY "x"`, `PASSWORD $tag$x$tag$`, `SET PASSWORD = PASSWORD('x')`, `db.auth("user", "x")`. */
function sqlPasswords(text: string): Span[] {
  const found: Span[] = [];
  const search = new ForwardSearch(text);
  for (const match of text.matchAll(/\b(?:password|identified|auth|changeUserPassword)\b/gi)) {
    if (match.index < (found.at(-1)?.end ?? 0)) continue;
    const behind = match.index + match[0].length;
    const rest = text.slice(behind, Math.min(text.length, behind + 96));
    if (/^(auth|changeUserPassword)$/i.test(match[0])) {
      const comma = /^\([^,)\n]*,/.exec(rest)?.[0].length;
      const line = text.slice(behind, Math.min(search.lineEnd(behind), behind + 512));
      const end = line.lastIndexOf(")");
      if (comma !== undefined) found.push({ start: behind + comma, end: behind + (end < comma ? line.length : end) });
      continue;
    }
    const lead =
      match[0].toLowerCase() === "identified"
        ? /^\s{1,8}(?:WITH\s{1,8}\S{1,40}\s{1,8}(?:BY|AS)|BY)(?:\s{1,8}PASSWORD)?\s{0,8}/i.exec(rest)
        : /^\s{0,8}(?:FOR\s{1,8}[^\s=]{1,80}\s{0,8})?(?::?=\s{0,8})?(?:(?:OLD_)?PASSWORD\s{0,8})?\(?\s{0,8}[EN]?(?=[\\'"$])/i.exec(
            rest,
          );
    // A quote directly behind the word ends it: `"password": …`.
    if (lead === null || lead[0] === "") continue;
    const span = sqlText(search, behind + lead[0].length);
    if (span !== undefined) found.push(span);
  }
  return found;
}

/** `crypt('x', gen_salt('bf'))`: what a migration hashes it has in plain text. https://www.postgresql.org/docs/current/pgcrypto.html */
function hashedInSql(text: string): Span[] {
  const search = new ForwardSearch(text);
  return [...text.matchAll(/\b(?:crypt|digest|hmac)[ \t]{0,8}\([ \t]{0,8}[EN]?(?=[\\'"$])/gi)].flatMap(
    ({ index, 0: lead }) => sqlText(search, index + lead.length) ?? [],
  );
}

/** A quoted text of SQL, in whatever quotes of a shell it stands. */
function sqlText(search: ForwardSearch, from: number): Span | undefined {
  const { text } = search;
  const head = text.slice(from, from + 64);
  const opener =
    /^(?:\\?\$){2,4}/.exec(head)?.[0] ?? /^\\?\$\w{1,30}\\?\$/.exec(head)?.[0] ?? /^[\\'"]{1,8}/.exec(head)?.[0];
  if (opener === undefined) return undefined;
  const start = from + opener.length;
  if (opener.includes("$")) {
    const close = text.indexOf(opener, start);
    return { start, end: close < 0 ? text.length : close };
  }
  return { start, end: closingOf(search, start, opener[opener.length - 1] ?? "'", search.lineEnd(from)) };
}

/** PostgreSQL's SCRAM verifiers and md5 hashes, and the hashes of crypt(3): as good as the password to whoever tries. */
function hashes(text: string): Span[] {
  return [...text.matchAll(/SCRAM-SHA-256\$[^\s"']+|\bmd5[0-9a-f]{32}\b|\$(?:2[abxy]|[156y])\$[./\w$=,-]{8,}/gi)].map(
    ({ index, 0: { length } }) => ({ start: index, end: index + length }),
  );
}

/** Lines of a .pgpass: `host:port:database:user:PASSWORD`. https://www.postgresql.org/docs/current/libpq-pgpass.html */
function passwordFileLines(text: string): Span[] {
  const found: Span[] = [];
  const search = new ForwardSearch(text);
  for (const match of text.matchAll(/:(?:\d{1,5}|\*|\$\{?\w{1,40}\}?|\$\(\w{1,40}\)):(?!\/\/)/g)) {
    if (match.index < (found.at(-1)?.end ?? 0)) continue;
    const eol = search.lineEnd(match.index);
    let at = match.index + match[0].length;
    for (let field = 0; field < 2 && at >= 0; field++) {
      const colon = search.next(":", at);
      at = colon >= eol || colon - at > 256 ? -1 : colon + 1;
    }
    if (at < 0) continue;
    const close = /["'](?=\s*(?:[;|&>)\]]|$))/.exec(text.slice(at, Math.min(eol, at + 512)));
    found.push({ start: at, end: close === null ? eol : at + close.index });
  }
  return found;
}

/** Lines of PgBouncer's userlist.txt: `"user" "PASSWORD"`, also where one of the quotes is lost. */
function userLists(text: string): Span[] {
  const found: Span[] = [];
  let start = 0;
  while (start < text.length) {
    const end = lineEnd(text, start);
    const line = text.slice(start, end);
    const user = line.search(/[^ \t]/);
    const blank = user + Math.max(0, line.slice(Math.max(0, user)).search(/[ \t]/));
    if (user >= 0 && blank > user && line.slice(user, blank).includes('"')) {
      const rest = line.slice(blank).trimStart();
      const quotes = line.split('"').length - 1;
      if (quotes === 3 || (quotes > 3 && /^\\?"/.test(rest) && line[blank - 1] === '"'))
        found.push({ start: end - rest.length, end });
    }
    start = end + 1;
  }
  return found;
}

/** Passwords of Redis users: `user app on >PASSWORD ~* +@all`. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
function aclPasswords(text: string): Span[] {
  const found: Span[] = [];
  const search = new ForwardSearch(text);
  for (const match of text.matchAll(/\b(?:user|setuser)[ \t]/gi)) {
    if (match.index < (found.at(-1)?.end ?? 0)) continue;
    const eol = Math.min(search.lineEnd(match.index), match.index + 512);
    for (const word of text.slice(match.index, eol).matchAll(/[ \t]["']?[><#!][^\s]+/g)) {
      const start = match.index + word.index + word[0].search(/[><#!]/) + 1;
      // `psql -U user > file` writes no password.
      found.push({ start, end: match.index + word.index + word[0].length });
    }
  }
  return found;
}

/** Settings of redis.conf and sentinel.conf, lines of a .netrc, HAProxy's `auth user:PASSWORD`, and what stands behind `Bearer`. */
function directives(text: string): Span[] {
  const found: Span[] = [];
  const search = new ForwardSearch(text);
  for (const match of text.matchAll(
    /\b(?:requirepass|masterauth|key-file-pass|auth-pass[ \t]{1,8}[\w.-]{1,64}|login[ \t]{1,8}[^\s'"]{1,64}[ \t]{1,8}password|Bearer)[ \t]{1,8}|\bauth[ \t]{1,8}[\w.-]{1,64}:(?=[^\s/])/gi,
  )) {
    if (match.index < (found.at(-1)?.end ?? 0)) continue;
    const start = match.index + match[0].length;
    const eol = search.lineEnd(start);
    const quote = text[start];
    const isQuoted = quote === '"' || quote === "'";
    found.push(
      isQuoted
        ? { start: start + 1, end: closingOf(search, start + 1, quote, eol) }
        : { start, end: beginsLine(text, match.index) ? eol : wordEnd(search, start, eol, undefined) },
    );
  }
  return found;
}

/** `<password>PASSWORD</password>`, as ClickHouse and JVM servers are configured. */
function elements(text: string): Span[] {
  const found: Span[] = [];
  const search = new ForwardSearch(text);
  for (const { index, 0: tag, 1: name = "" } of text.matchAll(/<([\w.-]{1,128})>/g)) {
    if (!isSecretName(name)) continue;
    const start = index + tag.length;
    const end = search.next("</", start);
    found.push({ start, end: end < text.length ? end : search.lineEnd(start) });
  }
  return found;
}

/** Lines that a script hands to redis-cli: `AUTH PASSWORD`, `AUTH user PASSWORD`. */
function redisInput(text: string): Span[] {
  if (!/\b(?:redis|valkey|keydb)-cli\b/.test(text)) return [];
  return [...text.matchAll(/(?:^|[\n'"])[ \t]{0,40}AUTH[ \t]{1,8}(?=[^\n]{1,512})/gi)].map(({ index, 0: lead }) => {
    const start = index + lead.length;
    const close = /["'](?=\s*(?:[;|&>)]|$))/.exec(text.slice(start, lineEnd(text, start)));
    return { start, end: close === null ? lineEnd(text, start) : start + close.index };
  });
}

function privateKeys(text: string): Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf("PRIVATE KEY-----"); at >= 0; at = text.indexOf("PRIVATE KEY-----", at + 1)) {
    const start = at + "PRIVATE KEY-----".length;
    const end = text.indexOf("-----END", start);
    found.push({ start, end: end < 0 ? text.length : end });
    if (end < 0) break;
    at = end + "-----END PRIVATE KEY-----".length;
  }
  return found;
}

function lineByLine(text: string): Span[] {
  const found: Span[] = [];
  for (let start = 0; start < text.length; ) {
    const end = lineEnd(text, start);
    for (const span of commandPasswords(text.slice(start, end).replaceAll("`", " "), deepest - 1))
      found.push({ start: start + span.start, end: start + span.end });
    start = end + 1;
  }
  return found;
}

/** Passwords among the words of commands, and in the scripts that are words of commands. */
function commandPasswords(text: string, depth: number): Span[] {
  if (!mayTakePassword(text)) return [];
  return shellPieces(text).flatMap((pieces) => {
    const words = pieces.map(({ start, end }) => text.slice(start, end));
    const found = passwordWords(words).map(({ index, start }): Span => {
      const piece = pieces[index] ?? { start: 0, end: 0 };
      return { start: piece.start + start, end: piece.end };
    });
    if (depth === deepest) return found;
    const inner = pieces.flatMap(({ start }, index) => {
      const word = words[index] ?? "";
      const quoteAt = word.search(/["']/);
      if (quoteAt < 0 || !/\s/.test(word)) return [];
      const from = quoteAt + 1;
      const end = /["']$/.test(word) ? word.length - 1 : word.length;
      return commandPasswords(word.slice(from, end), depth + 1).map(
        (span): Span => ({ start: start + from + span.start, end: start + from + span.end }),
      );
    });
    return [...found, ...inner];
  });
}
