import type { Span } from "../text/span.ts";
import { clearPart, opaque } from "../yaml/fact.ts";
import { findGoAddresses, type GoAddress, mayHoldGoAddress } from "./go-dsn.ts";

/** A connection string in parts. Spans are offsets into the text; a password's value is never kept. */
export interface Dsn {
  /** Normalized: `postgresql`, `mysql`, `mongodb`, `redis`, `amqp`, …; undefined for keyword strings of unknown kind. */
  readonly protocol: string | undefined;
  readonly span: Span;
  /** Hosts that are known. */
  readonly hosts: readonly {
    readonly host: string;
    /** undefined: the protocol's own, or where `portSpan` is there one that is not known. */
    readonly port: number | undefined;
    readonly span: Span;
    readonly portSpan: Span | undefined;
  }[];
  readonly user: string | undefined;
  readonly passwordSpan: Span | undefined;
  /** The password is a variable, a placeholder or empty. */
  readonly isPasswordPlaceholder: boolean;
  readonly databaseName: string | undefined;
  /** A value that is not known holds `opaque` characters. */
  readonly parameters: ReadonlyMap<string, string>;
  /** False: there may be more parameters, in a part that is not known. */
  readonly isComplete: boolean;
}

const protocols: ReadonlyMap<string, string> = new Map([
  ["postgres", "postgresql"],
  ["postgresql", "postgresql"],
  ["pg", "postgresql"],
  ["pgsql", "postgresql"],
  ["postgis", "postgresql"],
  ["cockroachdb", "postgresql"],
  ["mysql", "mysql"],
  ["mysql2", "mysql"],
  ["mariadb", "mysql"],
  ["mongodb", "mongodb"],
  ["mongodb+srv", "mongodb"],
  ["redis", "redis"],
  ["rediss", "redis"],
  ["valkey", "redis"],
]);

// A URL in parts, each read where the one before it ends; no part is looked for again from the next place.
const scheme = /\b(?:jdbc:)?([a-z][a-z0-9]*(?:\+[a-z0-9_]+)?):\/\//g;
const login = /([^\s:/@?#'"]*)(?::([^\s'"/]*))?@/y;
/** A password that holds a slash. */
const slashedLogin = /([^\s:/@?#'"]*):([^\s@'"?]*)@/y;
const address =
  /((?:\[[0-9a-fA-F:]+\]|[^\s/?#'",:@;]+)(?::[^\s/?#'",@;]+)?(?:,[^\s/?#'",:@;]+(?::\d+)?)*)(?:\/([^\s?#'";]*))?(?:\?([^\s#'"]*))?/y;

/** Whether a text is only a variable or a placeholder: no value of its own. */
export function hasNoValue(text: string): boolean {
  return (
    text === "" ||
    /^(\$.*|<.*>|\{\{.*\}\}|%.*%|__.*__|\*+|x{3,}|%24.*)$/i.test(text) ||
    /^\$\(.*\)$|^\$\{.*\}$/.test(text) ||
    /^:?\$/.test(text)
  );
}

/** Whether `findDsns` may find something. */
export function mayHoldDsn(text: string): boolean {
  return text.includes("://") || mayHoldGoAddress(text);
}

/** Every database URL in a text: its own value, or words of a script or file. */
export function findDsns(text: string): readonly Dsn[] {
  const goAddresses = findGoAddresses(text);
  const ofGo = goAddresses.flatMap((each) => readGoDsn(text, each) ?? []);
  if (!text.includes("://")) return ofGo;
  const found: Dsn[] = [];
  const goLogins = new Set(goAddresses.map(({ span }) => span.start));
  const nextAt = searchOnce(text, /@/g);
  const nextStop = searchOnce(text, /[\s'"?]/g);
  let end = 0;
  for (const { index: start, 0: head, 1: name = "" } of text.matchAll(scheme)) {
    if (start < end) continue; // in the password or query of the one before
    const at = start + head.length;
    if (goLogins.has(at)) continue;
    const logins = [matchAt(login, text, at), nextAt(at) < nextStop(at) ? matchAt(slashedLogin, text, at) : undefined];
    for (const who of [...logins.filter((each) => each !== undefined), undefined]) {
      const where = matchAt(address, text, at + (who?.[0].length ?? 0));
      if (where === undefined) continue;
      end = where.index + where[0].length;
      const protocol = protocols.get(name.toLowerCase()) ?? protocols.get(name.toLowerCase().replace(/\+.*/, ""));
      if (protocol !== undefined) found.push(readUrl(text.slice(start, end), start, protocol, who, where));
      break;
    }
  }
  return [...found, ...ofGo];
}

const goRest = /(?:\/([^\s?#'"`;]*))?(?:\?([^\s#'"`]*))?/y;

/** undefined: its address is a socket, or not known. */
function readGoDsn(text: string, { user, password, address, span }: GoAddress): Dsn | undefined {
  const [host = "", portText, more] = text.slice(address.start, address.end).split(":");
  if (!/^[\w.-]+$/.test(host.replaceAll(opaque, "_")) || more !== undefined) return undefined;
  const [tail = "", path, query] = matchAt(goRest, text, span.end) ?? [];
  const parameters = readQuery(query);
  const hostEnd = address.start + host.length;
  const secret = password === undefined ? undefined : text.slice(password.start, password.end);
  return {
    protocol: "mysql",
    span: { start: span.start, end: span.end + tail.length },
    hosts:
      clearPart(host) === undefined
        ? []
        : [
            {
              host,
              port: portText !== undefined && /^\d+$/.test(portText) ? Number(portText) : undefined,
              span: { start: address.start, end: hostEnd },
              portSpan: portText === undefined ? undefined : { start: hostEnd + 1, end: address.end },
            },
          ],
    user: clearPart(user === "" ? undefined : user),
    passwordSpan: password,
    isPasswordPlaceholder: secret === undefined || hasNoValue(secret) || secret.includes(opaque),
    databaseName: path === undefined || path === "" ? undefined : clearPart(path),
    parameters,
    isComplete: ![host, portText, path, ...parameters.keys()].some((part) => part?.includes(opaque) === true),
  };
}

function readQuery(query: string | undefined): ReadonlyMap<string, string> {
  return new Map((query ?? "").split("&").filter(Boolean).map(splitPair));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** Where a pattern is found next; each stretch of the text is searched once, as long as the places ascend. */
function searchOnce(text: string, pattern: RegExp): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = matchAt(pattern, text, from)?.index ?? text.length;
    return found;
  };
}

function readUrl(
  whole: string,
  start: number,
  protocol: string,
  who: RegExpExecArray | undefined,
  [, authority = "", path, query]: RegExpExecArray,
): Dsn {
  const [, user, password] = who ?? [];
  const parameters = readQuery(query);
  const authorityAt =
    start + whole.indexOf(authority, whole.indexOf("://") + 3 + (user?.length ?? 0) + (password?.length ?? 0));
  const hosts: { host: string; port: number | undefined; span: Span; portSpan: Span | undefined }[] = [];
  let at = authorityAt;
  for (const part of authority.split(",")) {
    const colon = part.startsWith("[") ? part.indexOf("]:") + 1 : part.indexOf(":");
    const host = colon > 0 ? part.slice(0, colon) : part;
    const portText = colon > 0 ? part.slice(colon + 1) : "";
    const port = /^\d+$/.test(portText) ? Number(portText) : undefined;
    const portSpan = portText === "" ? undefined : { start: at + colon + 1, end: at + part.length };
    if (clearPart(host) !== undefined) hosts.push({ host, port, span: { start: at, end: at + host.length }, portSpan });
    at += part.length + 1;
  }
  const secret = password ?? parameters.get("password");
  const passwordAt =
    secret === undefined
      ? -1
      : start +
        whole.indexOf(
          secret,
          password === undefined ? whole.indexOf("?") : whole.indexOf("://") + 3 + (user?.length ?? 0),
        );
  return {
    protocol,
    span: { start, end: start + whole.length },
    hosts,
    user: clearPart(user === undefined || user === "" ? parameters.get("user") : user),
    passwordSpan: secret === undefined ? undefined : { start: passwordAt, end: passwordAt + secret.length },
    isPasswordPlaceholder: secret === undefined || hasNoValue(secret) || secret.includes(opaque),
    databaseName: path === undefined || path === "" ? undefined : clearPart(path),
    parameters,
    isComplete: ![authority, path, ...parameters.keys()].some((part) => part?.includes(opaque) === true),
  };
}

function splitPair(pair: string): readonly [string, string] {
  const equals = pair.indexOf("=");
  return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

const keyword =
  /(?:^|[\s;])(host|hostaddr|port|dbname|user|password|pool_size|pool_mode|min_pool_size|reserve_pool|reserve_pool_size|max_db_connections|max_db_client_connections|auth_user|load_balance_hosts|connect_query|client_encoding|datestyle|timezone|application_name|server|data source|username|user id|uid|pwd|database|initial catalog)\s*=\s*('(?:[^']|'')*'|[^\s;]+)/gi;

/** A libpq or ADO.NET keyword string (`host=orders port=5432`, `Host=orders;Database=shop`); undefined when no host stands in it. */
export function parseKeywordDsn(
  text: string,
): { readonly values: ReadonlyMap<string, { readonly text: string; readonly span: Span }> } | undefined {
  const values = new Map<string, { text: string; span: Span }>();
  for (const match of text.matchAll(keyword)) {
    const name = (match[1] ?? "").toLowerCase();
    const raw = match[2] ?? "";
    const end = (match.index ?? 0) + match[0].length;
    const isQuoted = raw.startsWith("'");
    const value = isQuoted ? raw.slice(1, -1).replaceAll("''", "'") : raw;
    values.set(aliases.get(name) ?? name, {
      text: value,
      span: { start: end - raw.length + (isQuoted ? 1 : 0), end: end - (isQuoted ? 1 : 0) },
    });
  }
  return values.size === 0 ? undefined : { values };
}

const aliases: ReadonlyMap<string, string> = new Map([
  ["server", "host"],
  ["data source", "host"],
  ["username", "user"],
  ["user id", "user"],
  ["uid", "user"],
  ["pwd", "password"],
  ["database", "dbname"],
  ["initial catalog", "dbname"],
]);
