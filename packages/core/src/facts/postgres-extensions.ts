/**
 * Extensions that other projects make, and that an image holds only if it says so. The official image has those of PostgreSQL itself
 * (contrib), CloudNativePG's also pgaudit and vector.
 * https://github.com/docker-library/postgres, https://github.com/cloudnative-pg/postgres-containers, both read 2026-11.
 */
export const foreignExtensions: ReadonlySet<string> = new Set([
  "age",
  "anon",
  "citus",
  "h3",
  "hll",
  "http",
  "hypopg",
  "ip4r",
  "orafce",
  "pg_cron",
  "pg_duckdb",
  "pg_graphql",
  "pg_hint_plan",
  "pg_ivm",
  "pg_jsonschema",
  "pg_net",
  "pg_partman",
  "pg_repack",
  "pg_search",
  "pg_squeeze",
  "pg_stat_kcache",
  "pg_tle",
  "pg_uuidv7",
  "pgaudit",
  "pgjwt",
  "pglogical",
  "pgmq",
  "pgroonga",
  "pgrouting",
  "pgsodium",
  "pgtap",
  "plv8",
  "postgis",
  "postgis_raster",
  "postgis_topology",
  "rum",
  "timescaledb",
  "timescaledb_toolkit",
  "vchord",
  "vector",
  "vectors",
  "vectorscale",
  "zhparser",
]);

/** Those of them that CloudNativePG's images hold. */
export const cnpgExtensions: ReadonlySet<string> = new Set(["pgaudit", "vector"]);
