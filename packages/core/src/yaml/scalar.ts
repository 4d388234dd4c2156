import { decodeBase64 } from "../text/base64.ts";
import type { RawScalar } from "./raw.ts";

/**
 * The value of a scalar as kubectl reads it: go-yaml v2's resolution table (YAML 1.1), then JSON.
 * https://github.com/kubernetes-sigs/yaml (goyaml.v2/resolve.go)
 */
export function scalarValue(scalar: RawScalar): string | number | boolean | null {
  const { tag, text } = scalar;
  if (tag !== undefined && tag !== "!" && tag !== "") return taggedValue(tag, text, scalar.style === "plain");
  if (scalar.style !== "plain" || tag === "!") return text;
  return plainValue(text);
}

const words = new Map<string, boolean | null>([
  ["", null],
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
]);

/** A plain scalar without tag. */
export function plainValue(text: string): string | number | boolean | null {
  const word = text.length > 5 ? undefined : words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  // Numbers begin with a digit, a sign or a dot: everything else is text, and most text is.
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)) return text;
  const plain = text.replaceAll("_", "");
  const integer = integerValue(plain);
  if (integer !== undefined) return integer;
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(plain)) {
    const number = Number(plain);
    return Number.isFinite(number) ? number : text; // strconv refuses what overflows, so it stays text
  }
  return specialFloat(text) ?? text;
}

function specialFloat(text: string): number | undefined {
  if (/^[+]?\.(inf|Inf|INF)$/.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-\.(inf|Inf|INF)$/.test(text)) return Number.NEGATIVE_INFINITY;
  return /^\.(nan|NaN|NAN)$/.test(text) ? Number.NaN : undefined;
}

/** strconv.ParseInt with base 0, then the YAML 1.1 forms that go-yaml adds. */
function integerValue(text: string): number | undefined {
  if (/^[-+]?(0|[1-9]\d*)$/.test(text)) return Number(text);
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]+)$/.exec(text);
  if (match === null) return undefined;
  const sign = match[1] === "-" ? -1 : 1;
  const body = match[2] ?? "";
  const number = /^0[xXbBoO]/.test(body) ? Number(body.toLowerCase()) : Number.parseInt(body.slice(1), 8);
  return sign * number;
}

function taggedValue(tag: string, text: string, isPlain: boolean): string | number | boolean | null {
  switch (tag) {
    case "!!str":
      return text;
    case "!!binary":
      return decodeBase64(text) ?? text;
    case "!!null":
      return null;
    case "!!int":
    case "!!float":
    case "!!bool":
      return plainValue(text);
    default:
      return isPlain && !tag.startsWith("!") ? plainValue(text) : text;
  }
}
