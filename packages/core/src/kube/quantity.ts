import { own } from "../text/own.ts";

// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
const multipliers: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number of bytes, cores or things; undefined where the API server would refuse it. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|([a-zA-Z]*))$/.exec(text);
  if (match === null) return undefined;
  const [, number = "", exponent, suffix = ""] = match;
  if (exponent !== undefined) return Number(number + exponent);
  const factor = own(multipliers, suffix);
  return factor === undefined ? undefined : Number(number) * factor;
}

const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes the way Kubernetes writes them: `512Mi`, `1.5Gi`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit++;
  }
  const rounded = Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value) : Math.round(value * 10) / 10;
  return unit === 0 ? `${rounded} B` : `${rounded}${binaryUnits[unit]?.slice(0, 2)}`;
}
