import { bindSqlParser, type SqlParser } from "@dbops/core";
import { tuneForSql } from "../files/tune-v8.ts";
import { glue } from "./glue.ts";
import { readWasm } from "./read-wasm.ts";

let parser: SqlParser | undefined;

/** PostgreSQL's parser. Its glue and its 1.7 MB of WebAssembly are read when the first script is. */
export function loadSqlParser(): SqlParser {
  parser ??= bindSqlParser(glue, () => {
    tuneForSql();
    return readWasm();
  });
  return parser;
}
