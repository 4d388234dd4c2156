import type { Span } from "../text/span.ts";

/** A connection string in parts. Spans are offsets into the text; a password's value is never kept. */
export interface Dsn {
  /** Normalized: `postgresql`, `mysql`, `mongodb`, `redis`, `amqp`, …; undefined for keyword strings of unknown kind. */
  readonly protocol: string | undefined;
  readonly span: Span;
  readonly hosts: readonly {
    readonly host: string;
    readonly port: number | undefined;
    readonly span: Span;
    readonly portSpan: Span | undefined;
  }[];
  readonly user: string | undefined;
  readonly passwordSpan: Span | undefined;
  /** The password is a variable, a placeholder or empty. */
  readonly isPasswordPlaceholder: boolean;
  readonly databaseName: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

const protocols: Readonly<Record<string, string>> = {
  postgres: "postgresql",
  postgresql: "postgresql",
  pg: "postgresql",
  pgsql: "postgresql",
  postgis: "postgresql",
  cockroachdb: "postgresql",
  mysql: "mysql",
  mysql2: "mysql",
  mariadb: "mysql",
  mongodb: "mongodb",
  "mongodb+srv": "mongodb",
  redis: "redis",
  rediss: "redis",
  valkey: "redis",
};

const url =
  /\b(?:jdbc:)?([a-z][a-z0-9]*(?:\+[a-z0-9_]+)?):\/\/(?:([^\s:/@?#'"]*)(?::([^\s'"/]*|[^\s@'"?]*))?@)?((?:\[[0-9a-fA-F:]+\]|[^\s/?#'",:@;]+)(?::[^\s/?#'",@;]+)?(?:,[^\s/?#'",:@;]+(?::\d+)?)*)(?:\/([^\s?#'";]*))?(?:\?([^\s#'"]*))?/g;

/** Whether a text is only a variable or a placeholder: no value of its own. */
export function isPlaceholder(text: string): boolean {
  return (
    text === "" ||
    /^(\$.*|<.*>|\{\{.*\}\}|%.*%|__.*__|\*+|x{3,}|%24.*)$/i.test(text) ||
    /^\$\(.*\)$|^\$\{.*\}$/.test(text) ||
    /^:?\$/.test(text)
  );
}

/** Every database URL in a text: its own value, or words of a script or file. */
export function findDsns(text: string): readonly Dsn[] {
  if (!text.includes("://")) return [];
  const found: Dsn[] = [];
  for (const match of text.matchAll(url)) {
    const scheme = (match[1] ?? "").toLowerCase();
    const protocol = protocols[scheme] ?? protocols[scheme.replace(/\+.*/, "")];
    if (protocol === undefined) continue;
    found.push(readUrl(match, protocol));
  }
  return found;
}

function readUrl(match: RegExpMatchArray, protocol: string): Dsn {
  const [whole = "", , user, password, authority = "", path, query] = match;
  const start = match.index ?? 0;
  const parameters = new Map(
    (query ?? "")
      .split("&")
      .filter(Boolean)
      .map((pair) => splitPair(pair)),
  );
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
    hosts.push({ host, port, span: { start: at, end: at + host.length }, portSpan });
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
    user: user === undefined || user === "" ? parameters.get("user") : user,
    passwordSpan: secret === undefined ? undefined : { start: passwordAt, end: passwordAt + secret.length },
    isPasswordPlaceholder: secret === undefined || isPlaceholder(secret),
    databaseName: path === undefined || path === "" ? undefined : path,
    parameters,
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
    values.set(aliases[name] ?? name, {
      text: value,
      span: { start: end - raw.length + (isQuoted ? 1 : 0), end: end - (isQuoted ? 1 : 0) },
    });
  }
  return values.size === 0 ? undefined : { values };
}

const aliases: Readonly<Record<string, string>> = {
  server: "host",
  "data source": "host",
  username: "user",
  "user id": "user",
  uid: "user",
  pwd: "password",
  database: "dbname",
  "initial catalog": "dbname",
};
