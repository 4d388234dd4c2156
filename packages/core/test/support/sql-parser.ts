import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import glue from "libpg-query/wasm/libpg-query.js";
import { bindSqlParser, type SqlParser } from "../../src/index.ts";

let parser: SqlParser | undefined;

/** PostgreSQL's parser, linked once for all tests of a run. */
export function sqlParser(): SqlParser {
  parser ??= bindSqlParser(glue, () =>
    readFileSync(createRequire(import.meta.url).resolve("libpg-query/wasm/libpg-query.wasm")),
  );
  return parser;
}
