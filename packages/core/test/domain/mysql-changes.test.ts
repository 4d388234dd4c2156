import assert from "node:assert/strict";
import { readMysqlChanges } from "../../src/domain/migration/read-mysql-changes.ts";
import { mysqlStatements } from "../../src/embedded/mysql.ts";
import { SourceFile } from "../../src/text/source-file.ts";

/** What a script changes: `SHARE lock-table orders`. */
function changes(sql: string): readonly string[] {
  const file = new SourceFile("/shop/0001.sql", sql);
  return readMysqlChanges(mysqlStatements(sql) ?? [], (span) => ({ file, span, yamlPath: [] })).map((change) =>
    [
      "lock" in change ? change.lock : "effect" in change ? change.effect : undefined,
      change.does,
      change.table,
      change.name === change.table ? undefined : change.name,
      "to" in change ? change.to : undefined,
    ]
      .filter((word) => word !== undefined)
      .join(" "),
  );
}

describe("what a statement of MySQL or MariaDB changes", () => {
  const cases: readonly (readonly [sql: string, changes: readonly string[]])[] = [
    ["LOCK TABLES orders READ LOCAL", ["SHARE lock-table orders"]],
    [
      "LOCK TABLES orders READ LOCAL, `shop`.`items` AS i LOW_PRIORITY WRITE, users u WRITE",
      ["SHARE lock-table orders", "ACCESS EXCLUSIVE lock-table shop.items", "ACCESS EXCLUSIVE lock-table users"],
    ],
    ["ALTER TABLE orders DROP FOREIGN KEY orders_user", ["adds server-chooses orders orders_user"]],
    ["ALTER TABLE orders DROP FOREIGN KEY IF EXISTS orders_user", ["adds server-chooses orders orders_user"]],
    ["ALTER TABLE orders DROP PRIMARY KEY", ["alters server-chooses orders"]],
    ["ALTER TABLE orders DROP INDEX IF EXISTS by_state", ["adds server-chooses orders by_state"]],
    ["ALTER TABLE orders ADD PARTITION (PARTITION p2 VALUES LESS THAN (20))", ["adds server-chooses orders"]],
    ["ALTER TABLE orders ADD PARTITION PARTITIONS 4", ["alters server-chooses orders"]],
    ["ALTER TABLE orders DROP PARTITION p0, p1", ["removes server-chooses orders p0, p1"]],
    ["ALTER TABLE orders TRUNCATE PARTITION p0", ["removes server-chooses orders p0"]],
    ["ALTER TABLE orders PARTITION BY HASH (id) PARTITIONS 4", ["alters server-chooses orders"]],
    ["ALTER TABLE orders ADD PERIOD FOR SYSTEM_TIME (a, b), ADD SYSTEM VERSIONING", ["alters server-chooses orders"]],
    ["ALTER TABLE orders ADD INDEX IF NOT EXISTS by_state (state)", ["adds server-chooses orders by_state"]],
    ["ALTER TABLE orders ADD CONSTRAINT FOREIGN KEY (a) REFERENCES b (c)", ["alters server-chooses orders"]],
    ["ALTER ONLINE TABLE IF EXISTS orders DROP COLUMN state", ["drop-column orders state"]],
    [
      "ALTER TABLE orders DROP state, DROP COLUMN IF EXISTS old",
      ["drop-column orders state", "removes server-chooses orders old"],
    ],
    ["ALTER TABLE orders RENAME COLUMN a TO b", ["rename orders a b"]],
    ["DROP DATABASE shop", ["drop-database shop"]],
    ["DROP SCHEMA IF EXISTS `shop`", ["drop-database shop"]],
    ["DROP TABLE a, shop.b", ["drop-table a", "drop-table shop.b"]],
    ["DROP TABLE IF EXISTS a, b CASCADE", ["removes server-chooses a", "removes server-chooses b"]],
    ["DROP TEMPORARY TABLE a", []],
    ["RENAME TABLE a TO b, c TO d", ["removes server-chooses a", "removes server-chooses c"]],
    // The name stays in use.
    ["RENAME TABLE a TO a_old, a_new TO a", ["adds server-chooses a", "removes server-chooses a_new"]],
    ["CREATE OR REPLACE TABLE a (id int)", ["empty-table a"]],
    ["CREATE OR REPLACE UNIQUE INDEX i ON a (b)", ["adds server-chooses a i"]],
    ["CREATE TABLE IF NOT EXISTS `shop`.`a` (id int)", ["create-table shop.a"]],
    ["TRUNCATE TABLE `shop`.a", ["empty-table shop.a"]],
    ["ALTER TABLE a DISCARD TABLESPACE", ["removes server-chooses a"]],
    ["ALTER TABLE a DISCARD PARTITION p0, p1 TABLESPACE", ["removes server-chooses a p0, p1"]],
    // A name in backticks is no keyword.
    ["ALTER TABLE a DROP `index`", ["drop-column a index"]],
    [
      "ALTER TABLE a DROP COLUMN `primary`, ADD `key` int NOT NULL",
      ["drop-column a primary", "adds server-chooses a key"],
    ],
    ["ALTER TABLE a CHANGE `Check` `check` int", ["alters server-chooses a Check"]],
    ["ALTER TABLE a CHANGE b `B` int", ["alters server-chooses a b"]],
    ["ALTER TABLE a RENAME COLUMN `key` TO `to`", ["rename a key to"]],
    ["ALTER TABLE `if` DROP COLUMN b", ["drop-column if b"]],
    ["DROP TABLE `if`, `tables`", ["drop-table if", "drop-table tables"]],
    ["DROP TABLE IF EXISTS `if`", ["removes server-chooses if"]],
    ["CREATE TABLE `if` (id int)", ["create-table if"]],
    ["TRUNCATE `table`", ["empty-table table"]],
    ["UPDATE a SET `limit` = 1", ["change-rows a"]],
    ["DELETE FROM `where`", ["change-rows where"]],
    ["RENAME TABLE `to` TO b", ["removes server-chooses to"]],
    ["LOCK TABLES `write` READ", ["SHARE lock-table write"]],
    [
      "ALTER TABLE a ADD COLUMN `inplace` int, MODIFY `none` int",
      ["adds server-chooses a inplace", "alters server-chooses a none"],
    ],
  ];
  for (const [sql, expected] of cases) it(sql, () => assert.deepEqual(changes(sql), expected));

  it("ends where its last word does", () => {
    const sql = "DROP TABLE a -- for good\n;\nDROP TABLE b # too";
    assert.deepEqual(
      mysqlStatements(sql)?.map(({ span }) => sql.slice(span.start, span.end)),
      ["DROP TABLE a", "DROP TABLE b"],
    );
  });
});
