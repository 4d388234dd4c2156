import { type ConnectionPair, type PgbouncerEntry, readConnectionString } from "../embedded/pgbouncer-file.ts";
import { acceptsValue, atoi } from "../embedded/pgbouncer-values.ts";
import { type PgbouncerSection, pgbouncerKeys } from "../facts/pgbouncer-keys.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Span } from "../text/span.ts";
import type { PgbouncerFault } from "./pgbouncer-fault.ts";
import { expectation, meantValue, tooNew, unknownKey } from "./pgbouncer-setting-faults.ts";
import { isOlder, type PgbouncerVersion } from "./pgbouncer-version.ts";

/** A line of `[databases]`, `[users]` or `[peers]`: a name, and a connection string. */
export function faultsOfEntry(
  part: PgbouncerEntry,
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
  { valueSpan }: PgbouncerEntry,
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
