/**
 * Functions that may give another value for each row: a default that calls one is written into each row when its column is added.
 * `now()` and its like give one value per transaction and are no such functions; one that is not listed is taken for stable, for silence.
 * https://www.postgresql.org/docs/18/sql-altertable.html (Notes), `provolatile` of pg_proc in PostgreSQL 15
 */
const volatileFunctions: ReadonlySet<string> = new Set([
  "clock_timestamp",
  "gen_random_bytes",
  "gen_random_uuid",
  "nextval",
  "random",
  "random_normal",
  "timeofday",
  "uuid_generate_v1",
  "uuid_generate_v1mc",
  "uuid_generate_v4",
  "uuidv4",
  "uuidv7",
]);

export const isVolatile = (name: string): boolean => volatileFunctions.has(name.toLowerCase());

/** Types that number their rows by `nextval`. */
export const serialTypes: ReadonlySet<string> = new Set([
  "bigserial",
  "serial",
  "serial2",
  "serial4",
  "serial8",
  "smallserial",
]);

/** Types into which no other type turns without writing the table again. Of timestamps the session's time zone decides. */
const rewritingTypes: ReadonlySet<string> = new Set([
  "bool",
  "bytea",
  "date",
  "float4",
  "float8",
  "int2",
  "int4",
  "int8",
  "json",
  "jsonb",
  "uuid",
]);

/** Types that are kept alike: between them only the catalog changes, or the length decides. */
const families: readonly (readonly string[])[] = [
  ["text", "varchar", "bpchar", "citext"],
  ["timestamp", "timestamptz"],
  ["int8", "bigserial", "serial8"],
  ["int4", "serial", "serial4"],
  ["int2", "smallserial", "serial2"],
];

/** What a change of a column's type does to its rows. */
export interface TypeChange {
  /** The table is written again. */
  readonly rewrites: boolean;
  /** A value may not fit into the new type, and then the statement fails. */
  readonly narrows: boolean;
}

/**
 * What the change costs; both false where that is not sure. `from` is undefined where the old type is not in view. Types may have lengths:
 * `varchar(20)`, `numeric(10,2)`.
 * https://www.postgresql.org/docs/18/sql-altertable.html (Notes)
 */
export function typeChange(from: string | undefined, to: string): TypeChange {
  const [newName, newSizes] = partsOf(to);
  if (from === undefined) return { rewrites: rewritingTypes.has(newName), narrows: false };
  const [oldName, oldSizes] = partsOf(from);
  const isText = (name: string): boolean => name === "text" || name === "varchar";
  if (isText(oldName) && newName === "varchar") return lengthChange(oldSizes[0], newSizes[0]);
  if (oldName === "numeric" && newName === "numeric") return numericChange(oldSizes, newSizes);
  if (oldName === newName) return unchanged;
  const family = families.find((each) => each.includes(oldName));
  if (family?.includes(newName) === true) return unchanged;
  const narrows = (widths.get(newName) ?? Number.POSITIVE_INFINITY) < (widths.get(oldName) ?? 0);
  return { rewrites: rewritingTypes.has(oldName) || rewritingTypes.has(newName), narrows };
}

const unchanged: TypeChange = { rewrites: false, narrows: false };

/** Bytes of whole numbers. */
const widths: ReadonlyMap<string, number> = new Map([
  ["int2", 2],
  ["smallserial", 2],
  ["int4", 4],
  ["serial", 4],
  ["int8", 8],
  ["bigserial", 8],
]);

/** The name of a type and its lengths. */
function partsOf(type: string): readonly [name: string, sizes: readonly number[]] {
  const open = type.indexOf("(");
  if (open < 0) return [type, []];
  return [
    type.slice(0, open),
    type
      .slice(open + 1, -1)
      .split(",")
      .map(Number),
  ];
}

/** undefined: without a limit. */
function lengthChange(from: number | undefined, to: number | undefined): TypeChange {
  const narrows = to !== undefined && (from === undefined || to < from);
  return { rewrites: narrows, narrows };
}

/** Only with the same scale are the digits kept as they are. */
function numericChange(from: readonly number[], to: readonly number[]): TypeChange {
  if (to.length === 0) return unchanged;
  const [precision, scale = 0] = to;
  const [oldPrecision, oldScale = 0] = from;
  const whole = (precision ?? 0) - scale;
  const narrows = oldPrecision === undefined || whole < oldPrecision - oldScale;
  return { rewrites: narrows || scale !== oldScale, narrows };
}
