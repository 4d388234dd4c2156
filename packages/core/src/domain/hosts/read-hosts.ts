import { type Command, programOf } from "../../embedded/command.ts";
import { type Dsn, findDsns, hasNoValue, mayHoldDsn, parseKeywordDsn } from "../../embedded/dsn.ts";
import type { Container } from "../../kube/container.ts";
import { entryKeys, readEntry } from "../../kube/mounted-files.ts";
import { withoutPlaceholders } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import { own } from "../../text/own.ts";
import { clearPart, knownText } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import type { HostReference, Reach } from "../model/reach.ts";

type Resolver = (host: string, port: number | undefined, from: Resource, workload: Workload | undefined) => Reach;

// PGHOST, DB_HOST, POSTGRES_HOSTNAME, SPRING_DATASOURCE_HOST, WORDPRESS_DB_HOST, KC_DB_URL_HOST, REDIS_ADDR …
const hostEnding = /(?:HOST|HOSTNAME|HOSTS|ADDR|ADDRESS|SERVER|ENDPOINT)$/i;
const databaseWord =
  /(?:^|_)(?:PG|POSTGRES|POSTGRESQL|PSQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|SQL|PGBOUNCER|PGPOOL|PGCAT)(?:_|$)/i;

/** https://github.com/prometheus-community/postgres_exporter#environment-variables */
const uriVariable = "DATA_SOURCE_URI";

function isHostVariable(name: string): boolean {
  if (name === uriVariable) return true;
  const ending = name.search(hostEnding);
  return ending >= 0 && databaseWord.test(name.slice(0, ending));
}

const protocolWords: readonly (readonly [RegExp, string])[] = [
  [/PG|POSTGRES|PSQL|^DATA_SOURCE_URI$/i, "postgresql"],
  [/MYSQL|MARIADB/i, "mysql"],
  [/MONGO/i, "mongodb"],
  [/REDIS|VALKEY/i, "redis"],
];

/** Host names that a container's environment, arguments and scripts write. */
export function readHostsOfContainer(container: Container, resolve: Resolver): readonly HostReference[] {
  const found: HostReference[] = [];
  const from = container.workload.resource;
  const add = (reference: Omit<HostReference, "writtenBy" | "reaches">): void => {
    found.push({
      ...reference,
      writtenBy: from,
      reaches: resolve(reference.host, reference.port, from, container.workload),
    });
  };
  for (const { name, value } of container.environment.written()) {
    const text = knownText(value);
    if (text === undefined) continue;
    const dsns = findDsns(text);
    for (const dsn of dsns) for (const reference of ofDsn(dsn, text, value.at)) add(reference);
    if (dsns.length > 0) continue;
    if (/\bhost=/i.test(text)) {
      const reference = ofKeywords(text, value.at);
      if (reference !== undefined) add(reference);
    } else if (isHostVariable(name)) {
      const reference = ofVariable(name, text, value.at, container);
      if (reference !== undefined) add(reference);
    }
  }
  for (const command of container.commands) for (const reference of ofCommand(command)) add(reference);
  return found;
}

/** Host names in the texts of a ConfigMap or Secret, for those that no container's environment has shown already. */
export function readHostsOfConfiguration(object: Resource, resolve: Resolver): readonly HostReference[] {
  const found: HostReference[] = [];
  for (const key of entryKeys(object)) {
    const entry = readEntry(object, key);
    const text = entry?.content.value;
    if (entry === undefined || text === undefined || !mayHoldDsn(text)) continue;
    const known = withoutPlaceholders(text) ?? text;
    for (const dsn of findDsns(known)) {
      for (const reference of ofDsn(dsn, known, entry.content.at)) {
        found.push({
          ...reference,
          writtenBy: object,
          reaches: resolve(reference.host, reference.port, object, undefined),
        });
      }
    }
  }
  return found;
}

type Bare = Omit<HostReference, "writtenBy" | "reaches">;

function ofDsn(dsn: Dsn, text: string, at: Place): readonly Bare[] {
  return dsn.hosts.map((host) => ({
    ...partOf(at, text, host.span),
    host: host.host,
    port: host.port,
    portAt: host.portSpan === undefined ? undefined : partOf(at, text, host.portSpan),
    protocol: dsn.protocol,
    user: dsn.user,
    databaseName: dsn.databaseName,
    hasPassword: dsn.passwordSpan !== undefined && !dsn.isPasswordPlaceholder,
  }));
}

function ofKeywords(text: string, at: Place): Bare | undefined {
  const values = parseKeywordDsn(text)?.values;
  const host = values?.get("host");
  if (values === undefined || host === undefined || hasNoValue(host.text) || clearPart(host.text) === undefined)
    return undefined;
  const port = values.get("port");
  const password = values.get("password");
  return {
    ...partOf(at, text, host.span),
    host: host.text,
    port: port !== undefined && /^\d+$/.test(port.text) ? Number(port.text) : undefined,
    portAt: port === undefined ? undefined : partOf(at, text, port.span),
    protocol: undefined,
    user: clearPart(values.get("user")?.text),
    databaseName: clearPart(values.get("dbname")?.text),
    hasPassword: clearPart(password?.text) !== undefined && !hasNoValue(password?.text ?? ""),
  };
}

function ofVariable(name: string, text: string, at: Place, container: Container): Bare | undefined {
  // postgres_exporter's address goes on with a path and parameters.
  const address = name === uriVariable ? text.replace(/[/?].*/s, "") : text;
  // A port behind the colon that is not known is opaque.
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?::(\d+|\uE000+))?$/.exec(address.trim());
  if (match === null || /^(true|false|\d+)$/i.test(text)) return undefined;
  const protocol = protocolWords.find(([pattern]) => pattern.test(name))?.[1];
  const portName = name.replace(/(HOST|HOSTNAME|HOSTS|ADDR|ADDRESS|SERVER|ENDPOINT)$/i, "PORT");
  const portFact = match[2] === undefined ? container.environment.number(portName) : undefined;
  const host = match[1] ?? "";
  return {
    ...partOf(at, text, { start: text.indexOf(host), end: text.indexOf(host) + host.length }),
    host,
    port: match[2] === undefined ? portFact?.value : clearPart(match[2]) === undefined ? undefined : Number(match[2]),
    portAt: match[2] === undefined ? portFact?.at : at,
    protocol,
    user: container.environment.get(name.replace(/(HOST|HOSTNAME|URI)$/i, "USER"))?.value,
    databaseName: undefined,
    hasPassword: false,
  };
}

const clientProtocols: Readonly<Record<string, string>> = {
  psql: "postgresql",
  pg_dump: "postgresql",
  pg_dumpall: "postgresql",
  pg_restore: "postgresql",
  pg_isready: "postgresql",
  pg_basebackup: "postgresql",
  mysql: "mysql",
  mysqldump: "mysql",
  mysqladmin: "mysql",
  mariadb: "mysql",
  "mariadb-dump": "mysql",
  mongodump: "mongodb",
  mongosh: "mongodb",
  mongo: "mongodb",
  mongorestore: "mongodb",
  "redis-cli": "redis",
  "valkey-cli": "redis",
};

function protocolOf(command: Command): string | undefined {
  return own(clientProtocols, programOf(command));
}

function ofCommand(command: Command): readonly Bare[] {
  // Its `localhost` is that of another Pod.
  if (command.execIn !== undefined) return [];
  // `redis-cli -h redis -p 26379 sentinel failover carts` asks a Sentinel, which may come and go.
  if (protocolOf(command) === "redis" && command.words.some(({ text }) => /^sentinel$/i.test(text ?? ""))) return [];
  const found: Bare[] = [];
  const protocol = protocolOf(command);
  let host: Bare | undefined;
  let port: { number: number; at: Place } | undefined;
  for (let index = 0; index < command.words.length; index++) {
    const word = command.words[index];
    if (word === undefined) continue;
    const known = word.text ?? withoutPlaceholders(word.raw) ?? word.raw;
    // Where a word stands is found by reading its script: only for what is looked at.
    const at = (): Place => ({ file: word.file, span: word.span, yamlPath: word.yamlPath });
    for (const dsn of findDsns(known)) found.push(...ofDsn(dsn, known, at()).map((bare) => within(bare, word, dsn)));
    // `psql "host=… port=…"`, `--dsn=host=… user=…`: an option `--host=` alone is none.
    const start = known.search(/(?:^|[='"])host=/);
    const keywords = start < 0 ? "" : known.slice(known.indexOf("host=", start));
    const reference = /\s(?:port|user|dbname|password)=/.test(keywords) ? ofKeywords(keywords, at()) : undefined;
    if (reference !== undefined) found.push({ ...reference, ...(protocol === undefined ? {} : { protocol }) });
    if (protocol === undefined || word.text === undefined) continue;
    const next = command.words[index + 1];
    const joined = /^(?:--host=|-h(?=[A-Za-z]))(.+)$/.exec(word.text)?.[1];
    const separate = word.text === "-h" || word.text === "--host" ? next?.text : undefined;
    const value = joined ?? separate;
    if (value !== undefined && value !== "" && host === undefined) {
      const holder = joined === undefined && next !== undefined ? next : word;
      host = {
        file: holder.file,
        span: holder.span,
        yamlPath: holder.yamlPath,
        host: value,
        port: undefined,
        portAt: undefined,
        protocol,
        user: undefined,
        databaseName: undefined,
        hasPassword: false,
      };
    }
    const portText =
      /^(?:--port=|-[pP](?=\d))(\d+)$/.exec(word.text)?.[1] ??
      (/^(-p|-P|--port)$/.test(word.text) ? next?.text : undefined);
    if (portText !== undefined && /^\d+$/.test(portText)) port = { number: Number(portText), at: word };
  }
  if (host !== undefined) found.push(port === undefined ? host : { ...host, port: port.number, portAt: port.at });
  return found;
}

/** A URL in a shell word: its host stands at the same distance from the word's beginning, as long as no escape precedes it. */
function within(bare: Bare, word: Place, dsn: Dsn): Bare {
  const host = dsn.hosts.find((candidate) => candidate.host === bare.host);
  if (host === undefined) return bare;
  const span = { start: word.span.start + host.span.start, end: word.span.start + host.span.end };
  return word.file.slice(span) === bare.host ? { ...bare, span } : bare;
}
