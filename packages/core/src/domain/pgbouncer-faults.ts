import {
  type ConnectionPair,
  type PgbouncerPart,
  readConnectionString,
  readPgbouncerFile,
} from "../embedded/pgbouncer-file.ts";
import { acceptsValue, atoi, pgbouncerInteger } from "../embedded/pgbouncer-values.ts";
import {
  commonMistakes,
  type PgbouncerKey,
  type PgbouncerSection,
  pgbouncerKeys,
  pgbouncerSections,
  sectionsSince,
} from "../facts/pgbouncer-keys.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import { closest } from "../text/closest.ts";
import type { Span } from "../text/span.ts";
import { isOlder, type PgbouncerVersion } from "./pgbouncer-version.ts";

/** One rule each. */
export type PgbouncerFaultKind =
  | "syntax"
  | "unknown"
  | "too-new"
  | "invalid"
  | "part-of-value"
  | "repeated"
  | "misread";

/** What PgBouncer does not take as it is meant, found as the program would. */
export interface PgbouncerFault {
  readonly kind: PgbouncerFaultKind;
  /** Offsets into the text. */
  readonly span: Span;
  /** What PgBouncer makes of it, a clause: `it knows no parameter pool_size in [pgbouncer]`. */
  readonly message: string;
  /** PgBouncer does not start with it. */
  readonly refuses: boolean;
  /** What was meant, where only one thing can have been: replaces the text at `span`. */
  readonly meant?: string;
  /** A comment that has to stand above the line. */
  readonly comment?: string;
}

type Entry = Extract<PgbouncerPart, { kind: "entry" }>;

const isSection = (name: string): name is PgbouncerSection => (pgbouncerSections as readonly string[]).includes(name);

/** The faults of a pgbouncer.ini. What somebody fills in later is passed over. */
export function faultsOfFile(text: string, version: PgbouncerVersion | undefined): readonly PgbouncerFault[] {
  if (/\{\{|\{%|<%/.test(text)) return [];
  const faults: PgbouncerFault[] = [];
  const seen = new Map<string, Entry>();
  let section: string | undefined;
  let hasMain = false;
  const parts = readPgbouncerFile(text);
  for (const part of parts) {
    if (part.kind === "section") {
      section = part.name;
      if (section === "pgbouncer" && hasMain)
        faults.push({
          kind: "repeated",
          span: part.span,
          message:
            "a second [pgbouncer] header sets every parameter back to its default: what stands under the first one is lost",
          refuses: false,
        });
      if (section === "pgbouncer") hasMain = true;
      faults.push(...faultsOfSection(part.name, part.span, version));
    } else if (part.kind === "error") {
      faults.push(syntaxFault(text, part.span, section));
      // Which section was meant is not known: nothing more is said of its lines.
      if (text.startsWith("[", part.span.start)) {
        section = "";
        hasMain = true;
      }
    } else if (part.kind === "entry") {
      if (section === undefined)
        faults.push({
          kind: "syntax",
          span: part.keySpan,
          message: `${part.key} stands before the first section`,
          refuses: true,
        });
      else if (isSection(section) && !isOlder(version, sectionsSince[section])) {
        const name = `${section}/${part.key}`;
        if (
          seen.has(name) &&
          !(
            section === "pgbouncer" &&
            faults.some(({ kind, span }) => kind === "repeated" && span.start > (seen.get(name)?.keySpan.start ?? 0))
          )
        )
          faults.push({
            kind: "repeated",
            span: seen.get(name)?.keySpan ?? part.keySpan,
            message: `${part.key} is written again below, and the last one holds`,
            refuses: false,
          });
        seen.set(name, part);
        faults.push(
          ...(section === "pgbouncer"
            ? faultsOfSetting(part.key, part, version)
            : faultsOfEntry(part, section, version)),
        );
      }
    }
  }
  const [first] = parts;
  if (!hasMain && first !== undefined && !parts.some(({ kind }) => kind === "include")) {
    const span = "keySpan" in first ? first.keySpan : first.span;
    faults.push({ kind: "syntax", span, message: "there is no section [pgbouncer]", refuses: true });
  }
  return faults;
}

function faultsOfSection(name: string, span: Span, version: PgbouncerVersion | undefined): readonly PgbouncerFault[] {
  if (!isSection(name)) {
    const meant = closest(name.toLowerCase(), pgbouncerSections);
    return [
      {
        kind: "syntax",
        span,
        message: `there is no section [${name}]${meant === undefined ? "" : `; did you mean [${meant}]?`}`,
        refuses: true,
        ...(meant === undefined ? {} : { meant: `[${meant}]` }),
      },
    ];
  }
  const since = sectionsSince[name];
  return since !== undefined && isOlder(version, since)
    ? [{ kind: "too-new", span, message: `the section [${name}] exists from ${since} on`, refuses: true }]
    : [];
}

function syntaxFault(text: string, span: Span, section: string | undefined): PgbouncerFault {
  const line = text.slice(span.start, span.end);
  const why = line.startsWith("[")
    ? "the section has no ]"
    : /^["']/.test(line)
      ? "a name may not stand in quotes"
      : /^[\w.*-]+\s*:/.test(line)
        ? "a setting is written with =, not with a colon"
        : section === "databases" && /^[\w.*-]*[^\w.*\s=-]/.test(line)
          ? "a name is made of letters, digits, and _ . * -"
          : "the line has no =";
  return { kind: "syntax", span, message: why, refuses: true };
}

/** A line of `[pgbouncer]`, or a setting that an operator or an image writes there. `key` alone is known for those. */
export function faultsOfSetting(
  key: string,
  { keySpan, value, valueSpan }: Pick<Entry, "keySpan" | "value" | "valueSpan">,
  version: PgbouncerVersion | undefined,
): readonly PgbouncerFault[] {
  if (hasPlaceholder(key) || /\$[({A-Za-z_]/.test(value) || hasPlaceholder(value)) return [];
  const known = Object.hasOwn(pgbouncerKeys.pgbouncer, key) ? pgbouncerKeys.pgbouncer[key] : undefined;
  if (known === undefined) return [{ kind: "unknown", span: keySpan, refuses: true, ...unknownKey(key, "pgbouncer") }];
  const faults: PgbouncerFault[] = [];
  if (isOlder(version, known.since)) faults.push(tooNew(key, keySpan, known));
  const wrapped = partOfValue(key, value, valueSpan, known);
  if (wrapped !== undefined) return [...faults, wrapped];
  if (!acceptsValue(known, value)) {
    const meant = meantValue(known, value);
    faults.push({
      kind: "invalid",
      span: valueSpan,
      message: `${key} takes ${expectation(known)}, not "${value}"${meant === undefined ? "" : `; ${meant} is meant`}`,
      refuses: true,
      ...(meant === undefined ? {} : { meant }),
    });
  } else if (known.type === "enum") {
    const since = known.allowedSince?.[value.toLowerCase()];
    if (since !== undefined && isOlder(version, since))
      faults.push({
        kind: "too-new",
        span: valueSpan,
        message: `${key} knows ${value} from ${since} on`,
        refuses: true,
      });
  } else faults.push(...misreadNumber(key, value, valueSpan, known));
  return faults;
}

function unknownKey(key: string, section: PgbouncerSection): { readonly message: string; readonly meant?: string } {
  const own = pgbouncerKeys[section];
  const plain = key.toLowerCase().replaceAll("-", "_");
  const meant =
    (Object.hasOwn(commonMistakes[section], plain) ? commonMistakes[section][plain] : undefined) ??
    (Object.hasOwn(own, plain) ? plain : closest(plain, Object.keys(own)));
  const home = pgbouncerSections.find((other) => other !== section && Object.hasOwn(pgbouncerKeys[other], plain));
  const what = section === "pgbouncer" ? `no parameter ${key}` : `no parameter ${key} for an entry of [${section}]`;
  const belongs =
    home === undefined
      ? ""
      : home === "pgbouncer"
        ? `, it belongs in [pgbouncer]`
        : `, it belongs to an entry of [${home}]`;
  return {
    message: `it knows ${what}${belongs}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    ...(meant === undefined || home !== undefined ? {} : { meant }),
  };
}

function tooNew(key: string, span: Span, { since }: PgbouncerKey): PgbouncerFault {
  return { kind: "too-new", span, message: `${key} exists from ${since ?? "a later version"} on`, refuses: true };
}

/** A comment or quotes that PgBouncer takes for a part of the value. */
function partOfValue(key: string, value: string, span: Span, known: PgbouncerKey): PgbouncerFault | undefined {
  const comment = /^(.*?)\s+([;#].*)$/.exec(value);
  if (comment !== null) {
    const [, rest = "", text = ""] = comment;
    return {
      kind: "part-of-value",
      span: { start: span.start + rest.length, end: span.end },
      message: `a comment begins only at the start of a line, so the value of ${key} is "${value}"`,
      refuses: !acceptsValue(known, value),
      meant: "",
      comment: text,
    };
  }
  const quoted = /^(["'])(.+)\1$/.exec(value);
  if (quoted === null) return undefined;
  return {
    kind: "part-of-value",
    span,
    message: `the quotes are a part of the value of ${key}: ${value}`,
    refuses: !acceptsValue(known, value),
    meant: quoted[2] ?? "",
  };
}

function expectation({ type, allowed }: PgbouncerKey): string {
  if (type === "enum") return (allowed ?? []).join(", ");
  if (type === "seconds") return "seconds without a unit";
  return type === "bool01" ? "0 or 1" : "a whole number";
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, sec: 1, secs: 1, m: 60, min: 60, h: 3600, d: 86400 };

/** The one thing that somebody can have meant. */
function meantValue({ type, allowed }: PgbouncerKey, value: string): string | undefined {
  if (type === "enum") return closest(value.toLowerCase(), allowed ?? []);
  if (type === "bool01" && /^(true|on|yes)$/i.test(value)) return "1";
  if (type === "bool01" && /^(false|off|no)$/i.test(value)) return "0";
  const time = /^(\d+)\s*(s|secs?|m|min|h|d)$/i.exec(value);
  if (type === "seconds" && time !== null)
    return String(Number(time[1]) * (secondsOf[(time[2] ?? "").toLowerCase()] ?? 1));
  if (type !== "seconds" && /^\d{1,3}([,_]\d{3})+$/.test(value)) return value.replace(/[,_]/g, "");
  return undefined;
}

/** Numbers that PgBouncer takes for others. */
function misreadNumber(key: string, value: string, span: Span, { type }: PgbouncerKey): readonly PgbouncerFault[] {
  if (type !== "int" && type !== "uint") return [];
  const number = pgbouncerInteger(value) ?? 0;
  const misread = (message: string, meant?: string): readonly PgbouncerFault[] => [
    { kind: "misread", span, message, refuses: false, ...(meant === undefined ? {} : { meant }) },
  ];
  if (/^0\d+$/.test(value) && key !== "unix_socket_mode")
    return misread(`${key} = ${value} begins with 0, so it is octal: ${number}`, value.replace(/^0+(?=\d)/, ""));
  if (key === "listen_port" && (number < 1 || number > 65535))
    return misread(`listen_port ${number} is no port: PgBouncer listens on ${number & 0xffff}`);
  return [];
}

/** A line of `[databases]`, `[users]` or `[peers]`: a name, and a connection string. */
function faultsOfEntry(
  part: Entry,
  section: PgbouncerSection,
  version: PgbouncerVersion | undefined,
): readonly PgbouncerFault[] {
  const { key, keySpan, value, valueSpan } = part;
  const faults: PgbouncerFault[] = [];
  if (section === "databases" && key === "pgbouncer")
    faults.push({ kind: "syntax", span: keySpan, message: "the database name pgbouncer is its own", refuses: true });
  if (/\$[({A-Za-z_]/.test(value) || hasPlaceholder(value) || /<[^>]+>/.test(value)) return faults;
  const { pairs, errorAt } = readConnectionString(value);
  const comment = /^(.*?)\s+([;#].*)$/.exec(value);
  if (comment !== null && !/'/.test(value)) {
    const [, rest = "", text = ""] = comment;
    faults.push({
      kind: "part-of-value",
      span: { start: valueSpan.start + rest.length, end: valueSpan.end },
      message: `a comment begins only at the start of a line, so the connection string of ${key} ends in "${text}"`,
      refuses: true,
      meant: "",
      comment: text,
    });
    return [...faults, ...faultsOfPairs(readConnectionString(rest).pairs, part, section, version)];
  }
  if (errorAt !== undefined) {
    const isUrl = /^\w+:\/\//.test(value);
    faults.push({
      kind: "syntax",
      span: isUrl ? valueSpan : { start: valueSpan.start + errorAt, end: valueSpan.end },
      message: isUrl
        ? `the entry ${key} takes host=… port=… dbname=…, not a URL`
        : `the connection string of ${key} is not made of name=value pairs`,
      refuses: true,
    });
  }
  return [...faults, ...faultsOfPairs(pairs, part, section, version)];
}

function faultsOfPairs(
  pairs: readonly ConnectionPair[],
  { valueSpan }: Entry,
  section: PgbouncerSection,
  version: PgbouncerVersion | undefined,
): readonly PgbouncerFault[] {
  return pairs.flatMap((pair): readonly PgbouncerFault[] => {
    const within = (span: Span): Span => ({ start: valueSpan.start + span.start, end: valueSpan.start + span.end });
    const known = Object.hasOwn(pgbouncerKeys[section], pair.key) ? pgbouncerKeys[section][pair.key] : undefined;
    if (known === undefined)
      return [{ kind: "unknown", span: within(pair.keySpan), refuses: true, ...unknownKey(pair.key, section) }];
    if (isOlder(version, known.since)) return [tooNew(pair.key, within(pair.keySpan), known)];
    if (known.type === "enum" && !acceptsValue(known, pair.value)) {
      const meant = meantValue(known, pair.value);
      return [
        {
          kind: "invalid",
          span: within(pair.valueSpan),
          message: `${pair.key} takes ${expectation(known)}, not "${pair.value}"${meant === undefined ? "" : `; ${meant} is meant`}`,
          refuses: true,
          ...(meant === undefined ? {} : { meant }),
        },
      ];
    }
    if (known.type !== "int" || /^[+-]?\d+$/.test(pair.value)) return [];
    // Numbers are read with atoi: what does not begin with a digit is 0.
    const number = atoi(pair.value);
    if (pair.key === "port" && number === 0)
      return [
        {
          kind: "invalid",
          span: within(pair.valueSpan),
          message: `port takes a number, not "${pair.value}"`,
          refuses: true,
        },
      ];
    return [
      {
        kind: "misread",
        span: within(pair.valueSpan),
        message: `${pair.key}=${pair.value} is read as ${number}`,
        refuses: false,
      },
    ];
  });
}
