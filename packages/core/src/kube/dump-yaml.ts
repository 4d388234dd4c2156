/** A part of a text, where it begins, and what it says: the items of a list without their indent. */
export interface Stretch {
  readonly start: number;
  readonly text: string;
}

interface YamlList {
  readonly kind: string;
  readonly apiVersion: string | undefined;
  readonly items: readonly Stretch[];
  /** The list was cut off: where the item begins that is not whole. */
  readonly cutAt: number | undefined;
}

/** The items of a list as kubectl writes it, each for itself; undefined: this is something else, for the parser to judge. */
export function yamlList(text: string, start: number, end: number): YamlList | undefined {
  const fields = new Map<string, string>();
  const items: { start: number; lines: string[] }[] = [];
  let key = "";
  // kubectl writes items at the margin, yq and people further in.
  let indent = "";
  for (let at = start; at < end; ) {
    const newline = text.indexOf("\n", at);
    const next = newline < 0 || newline >= end ? end : newline + 1;
    const line = text.slice(at, next).replace(/\n$/, "");
    const isIn = key === "items";
    const item = isIn ? items.at(-1) : undefined;
    if (isIn && item === undefined) indent = /^( *)- /.exec(line)?.[1] ?? "";
    if (isIn && line.startsWith(`${indent}- `)) items.push({ start: at, lines: [line.slice(indent.length + 2)] });
    else if (item !== undefined && (line === "" || line.startsWith(`${indent}  `)))
      item.lines.push(line.slice(indent.length + 2));
    else if (line === "" || /^ *#/.test(line)) item?.lines.push("");
    else if (!line.startsWith("  ")) {
      const colon = line.indexOf(":");
      key = colon < 0 ? line : line.slice(0, colon);
      if (colon < 0 || !/^(?:apiVersion|kind|metadata|items)$/.test(key) || fields.has(key)) return undefined;
      fields.set(key, line.slice(colon + 1).trim());
    } else if (key !== "metadata") return undefined;
    at = next;
  }
  const kind = fields.get("kind");
  if (!fields.has("items") || (fields.get("items") !== "" && fields.get("items") !== "[]")) return undefined;
  if (kind !== undefined && !/^\w*List$/.test(kind)) return undefined;
  // kubectl writes the kind last; without it the text ends too early.
  const cut = kind === undefined ? items.pop() : undefined;
  if (kind === undefined && cut === undefined) return undefined;
  return {
    kind: kind ?? "List",
    apiVersion: fields.get("apiVersion"),
    items: items.map((each) => ({ start: each.start, text: each.lines.join("\n") })),
    cutAt: cut?.start,
  };
}
