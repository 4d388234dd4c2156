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
  ["numeric"],
  ["timestamp", "timestamptz"],
  ["int8", "bigserial", "serial8"],
  ["int4", "serial", "serial4"],
  ["int2", "smallserial", "serial2"],
];

/**
 * Whether a change of a column's type writes the table again; false where that is not sure. `from` is undefined where the old type is not in view.
 * https://www.postgresql.org/docs/18/sql-altertable.html (Notes)
 */
export function rewritesTable(from: string | undefined, to: string): boolean {
  if (from === undefined) return rewritingTypes.has(to);
  if (from === to || families.some((family) => family.includes(from) && family.includes(to))) return false;
  return rewritingTypes.has(from) || rewritingTypes.has(to);
}
