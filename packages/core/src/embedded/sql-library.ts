import { SqlNode } from "./sql-node.ts";
import type { ParsedSql, SqlParser } from "./sql-parser.ts";

/**
 * What `libpg-query` offers once its WebAssembly is linked: the memory of C, and its functions.
 * https://github.com/constructive-io/libpg-query-node/blob/main/full/src/wasm_wrapper.c
 */
interface SqlLibrary {
  readonly _malloc: (bytes: number) => number;
  readonly _free: (pointer: number) => void;
  readonly lengthBytesUTF8: (text: string) => number;
  readonly stringToUTF8: (text: string, pointer: number, bytes: number) => void;
  readonly UTF8ToString: (pointer: number) => string;
  readonly getValue: (pointer: number, type: "i32") => number;
  /** A struct of pointers: the tree, what was printed, an error. */
  readonly _wasm_parse_query_raw: (sql: number) => number;
  readonly _wasm_free_parse_result: (result: number) => void;
  /** Tokens as JSON, or the text of an error. */
  readonly _wasm_scan: (sql: number) => number;
  /** The functions of a text in PL/pgSQL as JSON, or the text of an error. */
  readonly _wasm_parse_plpgsql: (sql: number) => number;
  readonly _wasm_free_string: (text: number) => void;
}

/** The part of WebAssembly that every engine has; the core asks for no other type of the world outside. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => object;
};

/** Emscripten's glue of `libpg-query`: it fills the module that it is given with the functions, once `instantiateWasm` has answered. */
export type SqlGlue = (module: object) => Promise<unknown>;

const nothing = (): void => undefined;

/**
 * The parser of a glue and the bytes of its `.wasm`. Linked without waiting, when it is first used, and again after a fault: a text that
 * nests too deep leaves its memory in disorder.
 */
export function bindSqlParser(glue: SqlGlue, bytes: () => Uint8Array): SqlParser {
  let wasm: object | undefined;
  let library: SqlLibrary | undefined;
  const link = (): SqlLibrary => {
    wasm ??= new WebAssembly.Module(bytes());
    const module = {
      instantiateWasm: (imports: object, receive: (instance: object) => void) => {
        receive(new WebAssembly.Instance(wasm as object, imports));
        return {};
      },
      print: nothing,
      printErr: nothing,
    };
    // What it still does later is of no use here, and what fails in it must not end the process.
    glue(module).catch(nothing);
    return module as unknown as SqlLibrary;
  };
  const run = <T>(sql: string, work: (library: SqlLibrary, pointer: number) => T): T | undefined => {
    try {
      library ??= link();
      const bytes = library.lengthBytesUTF8(sql) + 1;
      const pointer = library._malloc(bytes);
      library.stringToUTF8(sql, pointer, bytes);
      const answer = work(library, pointer);
      library._free(pointer);
      return answer;
    } catch {
      library = undefined;
      return undefined;
    }
  };
  return {
    parse: (sql) =>
      run(sql, (at, pointer) => {
        const result = at._wasm_parse_query_raw(pointer);
        const isRefused = at.getValue(result + 8, "i32") !== 0;
        const tree = isRefused ? undefined : at.UTF8ToString(at.getValue(result, "i32"));
        at._wasm_free_parse_result(result);
        return tree === undefined ? undefined : (fromJson(tree) as ParsedSql);
      }),
    inBlock: (sql) => {
      const json = run(sql, (at, pointer) => textOf(at, at._wasm_parse_plpgsql(pointer)));
      return json?.startsWith("{") === true ? statementsIn(json) : [];
    },
    ends: (sql) => {
      const json = run(sql, (at, pointer) => textOf(at, at._wasm_scan(pointer)));
      return json?.startsWith("{") === true ? endsIn(json) : undefined;
    },
  };
}

function textOf(library: SqlLibrary, pointer: number): string {
  const text = library.UTF8ToString(pointer);
  library._wasm_free_string(pointer);
  return text;
}

/** What the library writes as JSON, although it leaves control characters of the text as they are. */
function fromJson(text: string): unknown {
  return JSON.parse(text.replaceAll(/[^ -\uffff]/g, " "));
}

function statementsIn(json: string): readonly string[] {
  const nodes = [...(SqlNode.of(fromJson(json))?.walk() ?? [])];
  return nodes.flatMap((node) =>
    node.kind === "PLpgSQL_stmt_execsql" ? (node.at("sqlstmt")?.text("query") ?? []) : [],
  );
}

/** Semicolons, but those in parentheses: the commands of a rule. */
function endsIn(json: string): readonly number[] {
  const { tokens = [] } = fromJson(json) as { tokens?: readonly { readonly start: number; readonly text: string }[] };
  let depth = 0;
  const ends: number[] = [];
  for (const { start, text } of tokens) {
    if (text === "(") depth++;
    else if (text === ")") depth--;
    else if (text === ";" && depth <= 0) ends.push(start);
  }
  return ends;
}
