import type { Span } from "../text/span.ts";
import { readPgbouncerFile } from "./pgbouncer-file.ts";

/** One `key = value` line of an ini file. Spans are offsets into the text. */
export interface IniEntry {
  readonly section: string;
  readonly key: string;
  /** As the program reads it: trimmed, comments not removed unless the dialect says so. */
  readonly value: string;
  readonly keySpan: Span;
  readonly valueSpan: Span;
  /** Counts the `[section]` headers: a repeated section has another number. */
  readonly sectionNumber: number;
}

/** pgbouncer: comments only at a line's start, later in a line they belong to the value. mysql: `#` ends a value, bare keys are switches. */
export type IniDialect = "pgbouncer" | "mysql" | "postgresql" | "redis";

/**
 * Reads lines of an ini-like file. Total: a line that is none is passed over.
 * PgBouncer's grammar: https://www.pgbouncer.org/config.html; option files: https://dev.mysql.com/doc/refman/8.4/en/option-files.html
 */
export function parseIni(text: string, dialect: IniDialect): readonly IniEntry[] {
  if (dialect === "pgbouncer") return pgbouncerEntries(text);
  const entries: IniEntry[] = [];
  let section = "";
  let sectionNumber = 0;
  let offset = 0;
  for (const rawLine of text.split("\n")) {
    const line = rawLine.replace(/\r$/, "");
    const start = offset;
    offset += rawLine.length + 1;
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header !== null && dialect !== "postgresql" && dialect !== "redis") {
      section = (header[1] ?? "").trim();
      sectionNumber++;
      continue;
    }
    if (/^\s*([;#!]|%|$)/.test(line)) continue;
    const entry = dialect === "redis" ? readRedisLine(line) : readLine(line, dialect);
    if (entry === undefined) continue;
    entries.push({
      section,
      sectionNumber,
      key: entry.key,
      value: entry.value,
      keySpan: { start: start + entry.keyAt, end: start + entry.keyAt + entry.key.length },
      valueSpan: { start: start + entry.valueAt, end: start + entry.valueAt + entry.rawLength },
    });
  }
  return entries;
}

/** The lines that PgBouncer would read, also behind one at which it stops. */
function pgbouncerEntries(text: string): readonly IniEntry[] {
  let section = "";
  let sectionNumber = 0;
  return readPgbouncerFile(text).flatMap((part): readonly IniEntry[] => {
    if (part.kind === "section") {
      section = part.name;
      sectionNumber++;
    }
    if (part.kind !== "entry" || part.key === "") return [];
    const { key, keySpan, value, valueSpan } = part;
    return [{ section, sectionNumber, key, keySpan, value, valueSpan }];
  });
}

interface Line {
  readonly key: string;
  readonly keyAt: number;
  readonly value: string;
  readonly valueAt: number;
  readonly rawLength: number;
}

function readLine(line: string, dialect: Exclude<IniDialect, "pgbouncer" | "redis">): Line | undefined {
  const [, indent = "", key = ""] = (dialect === "postgresql" ? /^(\s*)([\w.]+)/ : /^(\s*)([^=\s]+)/).exec(line) ?? [];
  const keyAt = indent.length;
  const behindKey = line.slice(keyAt + key.length);
  // postgresql.conf takes a blank for the equals sign; a bare word is a switch of MySQL's.
  const separator = /^\s*=\s*/.exec(behindKey)?.[0] ?? /^\s*/.exec(behindKey)?.[0] ?? "";
  const isSet = dialect === "postgresql" ? separator !== "" : separator.includes("=") || separator === behindKey;
  if (key === "" || !isSet) return undefined;
  const valueAt = keyAt + key.length + separator.length;
  const rest = line.slice(valueAt);
  const quoted = /^'((?:[^']|'')*)'|^"([^"]*)"/.exec(rest);
  if (quoted !== null) {
    const value = (quoted[1] ?? quoted[2] ?? "").replaceAll("''", "'");
    return { key, keyAt, value, valueAt, rawLength: quoted[0].length };
  }
  const raw = (/^[^#]*/.exec(rest)?.[0] ?? "").trimEnd();
  return { key, keyAt, value: raw, valueAt, rawLength: raw.length };
}

/** redis.conf: `name value [value…]`, quotes allowed. https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */
function readRedisLine(line: string): Line | undefined {
  const match = /^(\s*)([A-Za-z-]+)(\s+|$)/.exec(line.trimEnd());
  if (match === null) return undefined;
  const [head, indent = "", key = "", separator = ""] = match;
  const rest = line.trimEnd().slice(head.length);
  const value = /^"[^"]*"$|^'[^']*'$/.test(rest) ? rest.slice(1, -1) : rest;
  return {
    key,
    keyAt: indent.length,
    value,
    valueAt: indent.length + key.length + separator.length,
    rawLength: rest.length,
  };
}
