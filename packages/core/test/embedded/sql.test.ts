import assert from "node:assert/strict";
import { readSql } from "../../src/embedded/sql.ts";
import { sqlParser } from "../support/sql-parser.ts";

describe("the statements of a script of SQL", () => {
  const cases: readonly (readonly [sql: string, statements: readonly string[]])[] = [
    ["DROP TABLE a; -- one\nDROP TABLE b", ["DROP TABLE a", "DROP TABLE b"]],
    ["-- one\nDROP TABLE a -- two", ["DROP TABLE a"]],
    ["DROP TABLE a -- one\n  -- two\n;", ["DROP TABLE a"]],
    ["DROP TABLE a /* one /* two */ three */\n", ["DROP TABLE a"]],
    ["DROP TABLE a /* one */, b /* two */;", ["DROP TABLE a /* one */, b"]],
    ["SELECT '--' -- one", ["SELECT '--'"]],
    ["SELECT 'it''s --', \"/* a\" -- one", ["SELECT 'it''s --', \"/* a\""]],
    ["SELECT E'\\' --' -- one", ["SELECT E'\\' --'"]],
    ["SELECT $$--$$, $a$ /* $b$ $a$ -- one", ["SELECT $$--$$, $a$ /* $b$ $a$"]],
    ["SELECT 1 AS a$b$ -- one", ["SELECT 1 AS a$b$"]],
    ["SELECT 1 - -1 / 2", ["SELECT 1 - -1 / 2"]],
  ];
  for (const [sql, expected] of cases)
    it(sql, () => {
      const { statements, unread } = readSql(sql, sqlParser());
      assert.deepEqual(
        statements.map(({ span }) => sql.slice(span.start, span.end)),
        expected,
      );
      assert.deepEqual(unread, []);
    });

  it("with many comments take time in proportion", () => {
    const sql = `SELECT ${"1 /* a */ + -- b\n".repeat(100_000)} 1`;
    const { statements } = readSql(sql, {
      parse: () => ({ stmts: [{ stmt: { SelectStmt: {} } }] }),
      inBlock: () => [],
      ends: () => [],
    });
    assert.equal(statements[0]?.span.end, sql.length);
  });
});
