import fc from "fast-check";

/** How a value of a generated document is written. */
type Written =
  | { readonly kind: "scalar"; readonly source: string; readonly value: unknown }
  | { readonly kind: "block" | "literal"; readonly source: string; readonly value: unknown }
  | { readonly kind: "map"; readonly flow: boolean; readonly entries: readonly Entry[] }
  | { readonly kind: "list"; readonly flow: boolean; readonly items: readonly Written[] };

interface Entry {
  readonly key: string;
  readonly value: Written;
  readonly above: string | undefined;
  readonly behind: string | undefined;
}

const scalars: readonly (readonly [string, unknown])[] = [
  ["orders", "orders"],
  ["5432", 5432],
  ["yes", true],
  ["0644", 420],
  ["", null],
  ["~", null],
  ['"quoted # no comment"', "quoted # no comment"],
  ["'it''s'", "it's"],
  ["a#b", "a#b"],
  ["http://orders:80/x", "http://orders:80/x"],
  ['"tab\\t"', "tab\t"],
];
const names = ["name", "image", "replicas", "env", "labels", "resources", "limits", "args"] as const;
const comment = fc.option(fc.constantFrom("# why", "# peak: 3", "#no blank", "# 'quote"), { nil: undefined, freq: 3 });

const { written } = fc.letrec<{ written: Written; map: Written; list: Written; scalar: Written }>((tie) => ({
  scalar: fc.constantFrom(...scalars).map(([source, value]): Written => ({ kind: "scalar", source, value })),
  map: fc
    .tuple(
      fc.boolean(),
      fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(tie("written"), comment, comment), { minLength: 4, maxLength: 4 }),
    )
    .map(
      ([flow, keys, values]): Written => ({
        kind: "map",
        flow,
        entries: keys.map((key, index) => {
          const [value, above, behind] = values[index] ?? values[0] ?? [];
          return { key, value: value as Written, above, behind };
        }),
      }),
    ),
  list: fc
    .tuple(fc.boolean(), fc.array(tie("written"), { minLength: 1, maxLength: 3 }))
    .map(([flow, items]): Written => ({ kind: "list", flow, items })),
  written: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie("scalar"),
    fc.constant<Written>({
      kind: "literal",
      source: "set -e\n# no comment\nrun",
      value: "set -e\n# no comment\nrun\n",
    }),
    tie("map"),
    tie("list"),
  ),
}));

/** A document whose root is a block map, as written and as read. */
export const anyDocument: fc.Arbitrary<{ readonly text: string; readonly value: unknown }> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
    fc.array(fc.tuple(written, comment, comment), { minLength: 4, maxLength: 4 }),
    fc.constantFrom("\n", "\r\n"),
  )
  .map(([keys, values, newline]) => {
    const entries = keys.map((key, index): Entry => {
      const [value, above, behind] = values[index] ?? values[0] ?? [];
      return { key, value: value as Written, above, behind };
    });
    const root: Written = { kind: "map", flow: false, entries };
    const lines: string[] = [];
    writeEntries(entries, 0, lines);
    return { text: lines.map((line) => line + newline).join(""), value: decodedValue(root) };
  });

function decodedValue(node: Written): unknown {
  if (node.kind === "map")
    return Object.fromEntries(
      node.entries.map(({ key, value }) => [key, decodedValue(node.flow ? inFlow(value) : value)]),
    );
  if (node.kind === "list") return node.items.map((item) => decodedValue(node.flow ? inFlow(item) : item));
  return node.value;
}

/** What cannot stand between brackets is written as another value there. */
function inFlow(node: Written): Written {
  if (node.kind === "literal") return { kind: "scalar", source: "run", value: "run" };
  if (node.kind === "scalar" && node.source === "") return { kind: "scalar", source: "~", value: null };
  if (node.kind === "map") return { ...node, flow: true };
  return node.kind === "list" ? { ...node, flow: true } : node;
}

function flowSource(node: Written): string {
  if (node.kind === "map")
    return `{ ${node.entries.map(({ key, value }) => `${key}: ${flowSource(inFlow(value))}`).join(", ")} }`;
  if (node.kind === "list") return `[${node.items.map((item) => flowSource(inFlow(item))).join(", ")}]`;
  return node.source;
}

function writeEntries(entries: readonly Entry[], column: number, lines: string[]): void {
  for (const { key, value, above, behind } of entries) {
    if (above !== undefined) lines.push(" ".repeat(column) + above);
    writeValue(`${" ".repeat(column)}${key}:`, value, column, behind, lines);
  }
}

function writeValue(lead: string, node: Written, column: number, behind: string | undefined, lines: string[]): void {
  const tail = behind === undefined ? "" : ` ${behind}`;
  if (node.kind === "literal") {
    lines.push(`${lead} |${tail}`, ...node.source.split("\n").map((line) => `${" ".repeat(column + 2)}${line}`));
  } else if (node.kind === "map" && !node.flow) {
    lines.push(lead + tail);
    writeEntries(node.entries, column + 2, lines);
  } else if (node.kind === "list" && !node.flow) {
    lines.push(lead + tail);
    for (const item of node.items) writeItem(item, column + 2, lines);
  } else {
    const source = node.kind === "map" || node.kind === "list" ? flowSource(node) : node.source;
    lines.push(`${lead}${source === "" ? "" : ` ${source}`}${tail}`);
  }
}

function writeItem(item: Written, column: number, lines: string[]): void {
  const lead = `${" ".repeat(column)}-`;
  if (item.kind === "map" && !item.flow) {
    const inner: string[] = [];
    writeEntries(item.entries, column + 2, inner);
    const first = inner[0] ?? "";
    // A comment above the first key cannot stand behind the dash.
    if (/^\s*#/.test(first)) lines.push(lead, ...inner);
    else lines.push(`${lead} ${first.trimStart()}`, ...inner.slice(1));
  } else writeValue(lead, item, column, undefined, lines);
}
