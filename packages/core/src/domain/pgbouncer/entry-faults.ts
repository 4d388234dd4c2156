import {
  type ConnectionPair,
  commentAfter,
  type PgbouncerEntry,
  readConnectionString,
} from "../../embedded/pgbouncer-file.ts";
import { acceptsValue, atoi } from "../../embedded/pgbouncer-values.ts";
import { type PgbouncerSection, pgbouncerKeys } from "../../facts/pgbouncer-keys.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { append } from "../../text/append.ts";
import { own } from "../../text/own.ts";
import type { Span } from "../../text/span.ts";
import type { PgbouncerFault } from "./fault.ts";
import { expectation, meantValue, tooNew, unknownKey } from "./setting-faults.ts";
import { isOlder, type PgbouncerVersion } from "./version.ts";

/** A line of `[databases]`, `[users]` or `[peers]`: a name, and a connection string. */
export function faultsOfEntry(
  part: PgbouncerEntry,
  section: PgbouncerSection,
  version: PgbouncerVersion | undefined,
): readonly PgbouncerFault[] {
  const { key, keySpan, value, valueSpan } = part;
  const faults: PgbouncerFault[] = [];
  if (section === "databases" && key === "pgbouncer")
    faults.push({
      kind: "syntax",
      span: keySpan,
      message: "the database name pgbouncer is reserved for its console",
      refuses: true,
    });
  if (/\$[({A-Za-z_]/.test(value) || hasPlaceholder(value) || /<[^<>]+>/.test(value)) return faults;
  const { pairs, errorAt } = readConnectionString(value);
  if (section === "peers") append(faults, faultsOfPeer(part, pairs));
  const comment = commentAfter(value);
  if (comment !== undefined && !value.includes("'")) {
    const { rest, text } = comment;
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
        ? `the entry ${key} must be host=… port=… dbname=…, not a URL`
        : `the connection string of ${key} does not consist of name=value pairs`,
      refuses: true,
    });
  }
  return [...faults, ...faultsOfPairs(pairs, part, section, version)];
}

/** A peer is named by its peer_id, and has to say where it is. */
function faultsOfPeer({ key, keySpan }: PgbouncerEntry, pairs: readonly ConnectionPair[]): readonly PgbouncerFault[] {
  const id = atoi(key);
  if (!/^\d+$/.test(key) || id < 1 || id > 65_536)
    return [
      {
        kind: "invalid",
        span: keySpan,
        message: `a peer's name is its peer_id, 1 to 65536, not ${key}`,
        refuses: true,
      },
    ];
  if (pairs.some((pair) => pair.key === "host")) return [];
  return [{ kind: "invalid", span: keySpan, message: `peer ${key} has no host`, refuses: true }];
}

function faultsOfPairs(
  pairs: readonly ConnectionPair[],
  { valueSpan }: PgbouncerEntry,
  section: PgbouncerSection,
  version: PgbouncerVersion | undefined,
): readonly PgbouncerFault[] {
  return pairs.flatMap((pair): readonly PgbouncerFault[] => {
    const within = (span: Span): Span => ({ start: valueSpan.start + span.start, end: valueSpan.start + span.end });
    const known = own(pgbouncerKeys[section], pair.key);
    const tab = pair.isQuoted ? -1 : pair.value.indexOf("\t");
    if (tab >= 0)
      return [
        {
          kind: "part-of-value",
          span: { start: valueSpan.start + pair.valueSpan.start + tab, end: valueSpan.start + pair.valueSpan.end },
          message: `only a space ends the value of ${pair.key}, not a tab: what follows is part of the value`,
          refuses: pair.key === "port" ? atoi(pair.value) === 0 : known === undefined,
        },
      ];
    if (known === undefined)
      return [{ kind: "unknown", span: within(pair.keySpan), refuses: true, ...unknownKey(pair.key, section) }];
    if (isOlder(version, known.since)) return [tooNew(pair.key, within(pair.keySpan), known)];
    if (known.type === "enum" && !acceptsValue(known, pair.value)) {
      const meant = meantValue(known, pair.value);
      return [
        {
          kind: "invalid",
          span: within(pair.valueSpan),
          message: `${pair.key} must be ${expectation(known)}, not "${pair.value}"${meant === undefined ? "" : `; write ${meant}`}`,
          refuses: true,
          ...(meant === undefined ? {} : { meant }),
        },
      ];
    }
    // Numbers are read with atoi: what does not begin with a digit is 0.
    const number = atoi(pair.value);
    if (known.type !== "int" || (/^[+-]?\d+$/.test(pair.value) && !(pair.key === "port" && number === 0))) return [];
    if (pair.key === "port" && number === 0)
      return [
        {
          kind: "invalid",
          span: within(pair.valueSpan),
          message: `port must be a number, not "${pair.value}"`,
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
