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

/** The body in the syntax of VS Code and of the Language Server Protocol: the first use of a value is a tab stop, later ones follow it; a share is that of the first choice. */
export function withTabStops({ placeholders, body }: Snippet): string {
  const seen = new Set<string>();
  const escaped = body.replace(/\\|\$(?=[\w{])/g, "\\$&");
  return escaped.replace(placeholder, (_whole, name: string, percent?: string, unit?: string) => {
    const index = placeholders.findIndex((each) => each.name === name);
    const choices = placeholders[index]?.choices ?? [];
    if (percent !== undefined && unit !== undefined) return shareOf(choices[0] ?? "", Number(percent), unit);
    if (seen.has(name)) return `\${${index + 1}}`;
    seen.add(name);
    const text = (each: string): string => each.replace(/[\\$},|]/g, "\\$&");
    return choices.length > 1
      ? `\${${index + 1}|${choices.map(text).join(",")}|}`
      : `\${${index + 1}:${(choices[0] ?? "").replace(/[\\$}]/g, "\\$&")}}`;
  });
}

/** What an editor shows beside its name: what can be set, and what belongs into the same folder. */
export function descriptionOf({ placeholders, beside }: Snippet): string {
  const lines = placeholders.map(({ name, description }) => `${name}: ${description}`);
  return [...lines, ...(beside.length === 0 ? [] : [`It belongs beside ${beside.join(" and ")}.`])].join("\n");
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
function shareOf(quantity: string, percent: number, unit: string): string {
  const mebibytes = Math.floor(((bytesOf(quantity) ?? 0) * percent) / 100 / 2 ** 20);
  if (unit === "GiB") return String(Math.floor((mebibytes / 1024) * 100) / 100);
  const [mebi, gibi] = units.get(unit) ?? ["", ""];
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}${gibi}` : `${mebibytes}${mebi}`;
}
