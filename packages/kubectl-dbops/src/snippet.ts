/** A manifest to start from, with `{{name}}` where its user fills in a value, and `{{memory*25%:GB}}` for a share of one. */
export interface Snippet {
  readonly name: string;
  readonly summary: string;
  /** Snippets that belong into the same folder: a database and its backup. */
  readonly beside: readonly string[];
  /** The first choice holds when nothing is set. */
  readonly placeholders: readonly {
    readonly name: string;
    readonly choices: readonly string[];
    readonly description: string;
  }[];
  readonly body: string;
}

/** `{{name}}` or `{{memory*25%:GB}}`. */
export const placeholder = /\{\{(\w+)(?:\*(\d+)%:(\w+))?\}\}/g;

/** The manifest with every value filled in. */
export function expand(snippet: Snippet, values: ReadonlyMap<string, string> = new Map()): string {
  return snippet.body.replace(placeholder, (_whole, name: string, percent?: string, unit?: string) => {
    const value = values.get(name) ?? snippet.placeholders.find((each) => each.name === name)?.choices[0] ?? "";
    return percent === undefined || unit === undefined ? value : shareOf(value, Number(percent), unit);
  });
}

const sizes: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
]);

/** Bytes of a quantity as people write sizes; undefined: it is none. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export function bytesOf(quantity: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGT]i|[kMGT])?$/.exec(quantity) ?? [];
  return number === undefined ? undefined : Number(number) * (sizes.get(unit ?? "") ?? 1);
}

/** What a server calls mebi- and gibibytes: PostgreSQL, MySQL, Redis; a number alone is in GiB (MongoDB). */
const units: ReadonlyMap<string, readonly [mebi: string, gibi: string]> = new Map([
  ["GB", ["MB", "GB"]],
  ["G", ["M", "G"]],
  ["gb", ["mb", "gb"]],
]);

/** A share of a quantity in whole MiB, or in GiB where that is whole: 25 % of `4Gi` is `1GB`. */
export function shareOf(quantity: string, percent: number, unit: string): string {
  const mebibytes = Math.floor(((bytesOf(quantity) ?? 0) * percent) / 100 / 2 ** 20);
  if (unit === "GiB") return String(Math.floor((mebibytes / 1024) * 100) / 100);
  const [mebi, gibi] = units.get(unit) ?? ["", ""];
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}${gibi}` : `${mebibytes}${mebi}`;
}
