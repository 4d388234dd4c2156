/**
 * PostgreSQL's own parser, which a host brings along (`libpg-query`). Offsets in its answers are bytes of UTF-8; nothing here throws.
 * https://github.com/pganalyze/libpg_query
 */
export interface SqlParser {
  /** The statements of a text; undefined where PostgreSQL's grammar refuses it. */
  parse(sql: string): ParsedSql | undefined;
  /** The SQL statements inside a block of PL/pgSQL (DO), as texts; none where it cannot be read. What EXECUTE builds is not among them. */
  inBlock(sql: string): readonly string[];
  /** Where the statements of a text end (its `;` outside of quotes and bodies), whether or not they parse; undefined: a quote stays open. */
  ends(sql: string): readonly number[] | undefined;
}

/** PostgreSQL's tree as JSON: https://github.com/pganalyze/libpg_query/blob/18-latest/protobuf/pg_query.proto */
export interface ParsedSql {
  readonly stmts?: readonly {
    /** `{ "IndexStmt": { … } }` */
    readonly stmt?: unknown;
    /** Absent: 0. */
    readonly stmt_location?: number;
    /** Absent: up to the end. */
    readonly stmt_len?: number;
  }[];
}
