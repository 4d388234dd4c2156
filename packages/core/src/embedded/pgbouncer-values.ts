import type { PgbouncerKey } from "../facts/pgbouncer-keys.ts";

/** An integer as C's strtol reads it with base 0: `0x1f` is hexadecimal, `010` is eight; undefined where it does not take the whole text. */
export function pgbouncerInteger(text: string): number | undefined {
  const match = /^[ \t\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(text);
  if (match === null) return undefined;
  const digits = match[2] ?? "";
  const number = /^0[xX]/.test(digits)
    ? Number(digits)
    : digits.startsWith("0") && digits !== "0"
      ? Number.parseInt(digits, 8)
      : Number(digits);
  return match[1] === "-" ? -number : number;
}

/** Seconds as C's strtod reads them; undefined where it does not take the whole text, and for a negative time. */
export function pgbouncerSeconds(text: string): number | undefined {
  const plain = text.trim();
  if (/^[+]?(inf|infinity|nan(\(\w*\))?)$/i.test(plain)) return Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$|^[+-]?0[xX][0-9a-fA-F]+$/.test(plain)) return undefined;
  const number = Number(plain.replace(/^\+/, ""));
  return number < 0 ? undefined : number;
}

/** Whether PgBouncer takes the value; `version` undefined: some version does. */
export function acceptsValue(key: PgbouncerKey, text: string): boolean {
  switch (key.type) {
    case "int":
    case "bool01":
    case "uint":
      return pgbouncerInteger(text) !== undefined;
    case "seconds":
      return pgbouncerSeconds(text) !== undefined;
    case "enum":
      return key.allowed?.some((each) => each === text.toLowerCase()) === true;
    case "string":
    case "list":
      return true;
  }
}

/** Digits at the start, else 0: how the numbers of connection strings are read (C's atoi). */
export function atoi(text: string): number {
  return Number(/^\s*([+-]?\d+)/.exec(text)?.[1] ?? 0);
}
