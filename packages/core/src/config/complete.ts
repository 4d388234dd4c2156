import { own } from "../text/own.ts";
import type { Schema } from "./setting.ts";

/** What may be written where the cursor stands. */
export interface Completion {
  readonly label: string;
  readonly kind: "key" | "value";
  /** What follows the label: a colon, and what its value begins with. */
  readonly insertText: string;
  readonly description?: string;
}

/** A line of YAML in block style: the columns of its dashes and of its key. */
interface Line {
  readonly dashes: readonly number[];
  readonly column: number;
  readonly key: string | undefined;
}

/**
 * Completes keys and values of a configuration by its schema, from the indentation alone, so that it works in a text that is
 * half typed. Flow style and anchors are not followed: there is nothing to complete then.
 * @param offset in UTF-16 units
 */
export function completeConfiguration(text: string, offset: number, schema: Schema): readonly Completion[] {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(start, offset);
  const above = text.slice(0, start).split("\n").slice(0, -1);
  const typed = /^(?<lead>[ ]*(?:- +)*)(?:(?<key>[\w$.-]+):[ ]+)?(?<word>[\w$.*-]*)$/.exec(before)?.groups;
  if (typed === undefined) return [];
  const { lead = "", key } = typed;
  const dashes = [...lead].flatMap((character, column) => (character === "-" ? [column] : []));
  const path = pathTo({ dashes, column: lead.length, key }, above);
  const here = at([schema], path);
  if (key !== undefined) return here.flatMap(valuesOf);
  // `rul|: {}`: the colon is there.
  const hasColon = /^[\w$.-]*\s*:/.test(text.slice(offset));
  const taken = siblings(lead.length, dashes.length > 0, above, text.slice(offset));
  return [
    ...here.flatMap((each) => keysOf(each, hasColon)).filter(({ label }) => !taken.has(label)),
    ...(dashes.length > 0 ? here.flatMap(valuesOf) : []),
  ];
}

function read(line: string): Line | undefined {
  const found =
    /^(?<lead>[ ]*(?:-(?: +|$))*)(?:"(?<double>[^"]*)"(?=\s*:)|'(?<single>[^']*)'(?=\s*:)|(?<plain>[^\s#:"'-][^:#]*|-[^\s:]+))?/.exec(
      line.replace(/\r$/, ""),
    )?.groups;
  if (found === undefined || line.trim() === "" || line.trim().startsWith("#")) return undefined;
  const { lead = "", double, single, plain } = found;
  const dashes = [...lead].flatMap((character, column) => (character === "-" ? [column] : []));
  return { dashes, column: lead.length, key: double ?? single ?? plain?.trim() };
}

/** Keys from the root to a line; `-` for each list on the way. */
function pathTo(line: Line, above: readonly string[]): readonly string[] {
  const path = [...line.dashes.map(() => "-"), ...(line.key === undefined ? [] : [line.key])];
  let column = line.dashes[0] ?? line.column;
  // A list may stand at the column of its key.
  let mayEqual = line.dashes.length > 0;
  for (const text of [...above].reverse()) {
    const upper = read(text);
    if (upper === undefined) continue;
    const isParent =
      upper.key !== undefined &&
      (upper.column < column || (mayEqual && upper.column === column && upper.dashes.length === 0));
    if (isParent && upper.key !== undefined) path.unshift(upper.key);
    const dash = upper.dashes.filter((each) => each < column);
    // The item begins on the line of its dash, or on the next one.
    const isItem = dash.length > 0 && (upper.column === column || upper.key === undefined);
    if (isParent || isItem) {
      path.unshift(...dash.map(() => "-"));
      column = upper.dashes[0] ?? upper.column;
      mayEqual = upper.dashes.length > 0;
    }
  }
  return path;
}

/** Every schema that a path leads to: each alternative on the way counts. */
function at(schemas: readonly Schema[], path: readonly string[]): readonly Schema[] {
  const [step, ...rest] = path;
  const all = schemas.flatMap(alternatives);
  if (step === undefined) return all;
  const next = all.flatMap((schema): Schema | readonly Schema[] => {
    if (step === "-") return schema.items ?? [];
    const other = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
    return own(schema.properties, step) ?? other ?? [];
  });
  return at(next, rest);
}

function alternatives(schema: Schema): readonly Schema[] {
  return [schema, ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(alternatives)];
}

function keysOf(schema: Schema, hasColon: boolean): readonly Completion[] {
  return Object.entries(schema.properties ?? {}).map(([label, { type, description }]) => ({
    label,
    kind: "key",
    insertText: hasColon ? label : type === "object" || type === "array" ? `${label}:` : `${label}: `,
    ...(description === undefined ? {} : { description }),
  }));
}

function valuesOf(schema: Schema): readonly Completion[] {
  const values = schema.enum ?? (schema.type === "boolean" ? [true, false] : []);
  return values.map((value) => ({ label: String(value), kind: "value", insertText: String(value) }));
}

/** Keys that stand beside the one that is typed. */
function siblings(
  column: number,
  isFirstOfItem: boolean,
  above: readonly string[],
  after: string,
): ReadonlySet<string> {
  const found = new Set<string>();
  const collect = (lines: readonly string[], stopsAtDash: boolean): void => {
    for (const text of lines) {
      const line = read(text);
      if (line === undefined) continue;
      const isItem = line.dashes.length > 0;
      if (line.column < column || (isItem && line.column === column && !stopsAtDash)) return;
      if (line.column === column && line.key !== undefined) found.add(line.key);
      if (isItem && line.column === column) return;
    }
  };
  if (!isFirstOfItem) collect([...above].reverse(), true);
  collect(after.split("\n").slice(1), false);
  return found;
}
