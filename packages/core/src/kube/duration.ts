// Go reads both the micro sign and the Greek letter. https://pkg.go.dev/time#ParseDuration
const seconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  "\u00b5s": 1e-6,
  "\u03bcs": 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** A Go duration (`1h30m`, `720h`) in seconds; undefined where Go refuses it. */
export function parseGoDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const body = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|[\u00b5\u03bc]s|ms|s|m|h))+$/.exec(text);
  if (body === null) return undefined;
  let total = 0;
  for (const [, number = "0", unit = "s"] of text.matchAll(
    /[+-]?(\d+(?:\.\d*)?|\.\d+)(ns|us|[\u00b5\u03bc]s|ms|s|m|h)/gy,
  )) {
    total += Number(number) * (seconds[unit] ?? 0);
  }
  return text.startsWith("-") ? -total : total;
}

/** Seconds as people say them: `90 s`, `5 min`, `2 h`, `3 d`. */
export function formatSeconds(value: number): string {
  if (value >= 172_800 && value % 86_400 === 0) return `${value / 86_400} d`;
  if (value >= 7200 && value % 3600 === 0) return `${value / 3600} h`;
  if (value >= 600 && value % 60 === 0) return `${value / 60} min`;
  return `${Math.round(value * 10) / 10} s`;
}
