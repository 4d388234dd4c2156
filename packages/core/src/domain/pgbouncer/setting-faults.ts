import type { PgbouncerEntry } from "../../embedded/pgbouncer-file.ts";
import { commentAfter } from "../../embedded/pgbouncer-file.ts";
import { acceptsValue, pgbouncerInteger } from "../../embedded/pgbouncer-values.ts";
import {
  commonMistakes,
  type PgbouncerKey,
  type PgbouncerSection,
  pgbouncerKeys,
  pgbouncerSections,
} from "../../facts/pgbouncer-keys.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { append } from "../../text/append.ts";
import { closest } from "../../text/closest.ts";
import { own } from "../../text/own.ts";
import type { Span } from "../../text/span.ts";
import type { PgbouncerFault } from "./fault.ts";
import { isGone, isOlder, type PgbouncerVersion } from "./version.ts";

/** A line of `[pgbouncer]`, or a setting that an operator or an image writes there. `key` alone is known for those. */
export function faultsOfSetting(
  key: string,
  { keySpan, value, valueSpan }: Pick<PgbouncerEntry, "keySpan" | "value" | "valueSpan">,
  version: PgbouncerVersion | undefined,
): readonly PgbouncerFault[] {
  if (hasPlaceholder(key) || /\$[({A-Za-z_]/.test(value) || hasPlaceholder(value)) return [];
  const known = own(pgbouncerKeys.pgbouncer, key);
  if (known === undefined) return [{ kind: "unknown", span: keySpan, refuses: true, ...unknownKey(key, "pgbouncer") }];
  if (isGone(version, known.until)) {
    const message = `${key} was removed in ${known.until}`;
    return [{ kind: "unknown", span: keySpan, message, refuses: true }];
  }
  const faults: PgbouncerFault[] = [];
  if (isOlder(version, known.since)) faults.push(tooNew(key, keySpan, known));
  const wrapped = partOfValue(key, value, valueSpan, known);
  if (wrapped !== undefined) return [...faults, wrapped];
  if (!acceptsValue(known, value)) {
    const meant = meantValue(known, value);
    faults.push({
      kind: "invalid",
      span: valueSpan,
      message: `${key} must be ${expectation(known)}, not "${value}"${meant === undefined ? "" : `; write ${meant}`}`,
      refuses: true,
      ...(meant === undefined ? {} : { meant }),
    });
  } else if (known.type === "enum") {
    const since = own(known.allowedSince, value.toLowerCase());
    if (since !== undefined && isOlder(version, since))
      faults.push({
        kind: "too-new",
        span: valueSpan,
        message: `${key} accepts ${value} only since ${since}`,
        refuses: true,
      });
  } else append(faults, misreadNumber(key, value, valueSpan, known));
  return faults;
}

interface UnknownKey {
  readonly message: string;
  readonly meant?: string;
}

/** The last one: a name that is wrong once is often wrong on each line. */
let last: { readonly key: string; readonly section: PgbouncerSection; readonly answer: UnknownKey } | undefined;

/** What to say of a name that a section does not have. */
export function unknownKey(key: string, section: PgbouncerSection): UnknownKey {
  if (last?.key !== key || last.section !== section) last = { key, section, answer: describeUnknown(key, section) };
  return last.answer;
}

function describeUnknown(key: string, section: PgbouncerSection): UnknownKey {
  const known = pgbouncerKeys[section];
  const plain = key.toLowerCase().replaceAll("-", "_");
  const meant =
    own(commonMistakes[section], plain) ?? (Object.hasOwn(known, plain) ? plain : closest(plain, Object.keys(known)));
  const home = pgbouncerSections.find((other) => other !== section && Object.hasOwn(pgbouncerKeys[other], plain));
  const what = section === "pgbouncer" ? `no parameter ${key}` : `no parameter ${key} in an entry of [${section}]`;
  const belongs =
    home === undefined
      ? ""
      : home === "pgbouncer"
        ? ` (it belongs in [pgbouncer])`
        : ` (it belongs in an entry of [${home}])`;
  return {
    message: `there is ${what}${belongs}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    ...(meant === undefined || home !== undefined ? {} : { meant }),
  };
}

/** A key that the version does not have yet. */
export function tooNew(key: string, span: Span, { since }: PgbouncerKey): PgbouncerFault {
  return { kind: "too-new", span, message: `${key} exists only since ${since ?? "a later version"}`, refuses: true };
}

/** A comment or quotes that PgBouncer takes for a part of the value. */
function partOfValue(key: string, value: string, span: Span, known: PgbouncerKey): PgbouncerFault | undefined {
  const comment = commentAfter(value);
  if (comment !== undefined) {
    const { rest, text } = comment;
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
    message: `the quotes are part of the value of ${key}: ${value}`,
    refuses: !acceptsValue(known, value),
    meant: quoted[2] ?? "",
  };
}

/** What a key takes, in words. */
export function expectation({ type, allowed }: PgbouncerKey): string {
  if (type === "enum") return (allowed ?? []).join(", ");
  if (type === "seconds") return "seconds without a unit";
  return type === "bool01" ? "0 or 1" : "a whole number";
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, sec: 1, secs: 1, m: 60, min: 60, h: 3600, d: 86400 };

/** The one thing that somebody can have meant. */
export function meantValue({ type, allowed }: PgbouncerKey, value: string): string | undefined {
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
    return misread(`listen_port ${number} is not a valid port: PgBouncer listens on ${number & 0xffff}`);
  return [];
}
