import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { lintFiles } from "../support/lint.ts";
import { sqlParser } from "../support/sql-parser.ts";

/** What both say of a statement on a table in use; where only one speaks, why. */
const statements: readonly (readonly [
  sql: string,
  squawk: string | undefined,
  dbops: string | undefined,
  why?: string,
])[] = [
  ["CREATE INDEX i ON orders (status)", "require-concurrent-index-creation", "index-build-blocks-writes"],
  [
    "DROP INDEX i",
    "require-concurrent-index-deletion",
    undefined,
    "its lock lasts a moment, like that of each ALTER TABLE",
  ],
  ["REINDEX TABLE orders", "require-concurrent-reindex", "index-build-blocks-writes"],
  ["ALTER TABLE orders ALTER COLUMN status SET NOT NULL", "adding-not-nullable-field", "not-null-check-stops-table"],
  ["ALTER TABLE orders ALTER COLUMN amount TYPE bigint", "changing-column-type", "type-change-rewrites-table"],
  [
    "ALTER TABLE orders ALTER COLUMN status TYPE varchar(10)",
    "changing-column-type",
    undefined,
    "the old type is not in view: from varchar(5) only the catalog changes",
  ],
  [
    "ALTER TABLE orders ADD COLUMN t uuid DEFAULT gen_random_uuid()",
    "adding-field-with-default",
    "column-default-rewrites-table",
  ],
  ["ALTER TABLE orders ADD COLUMN t timestamptz DEFAULT now()", undefined, undefined],
  ["ALTER TABLE orders ADD COLUMN t text NOT NULL", "adding-required-field", "required-column-without-default"],
  [
    "ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0)",
    "constraint-missing-not-valid",
    "constraint-check-stops-writes",
  ],
  [
    "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code)",
    "disallowed-unique-constraint",
    "constraint-check-stops-writes",
  ],
  ["ALTER TABLE orders RENAME COLUMN a TO b", "renaming-column", "schema-removed-under-old-pods"],
  ["ALTER TABLE orders DROP COLUMN a", "ban-drop-column", "schema-removed-under-old-pods"],
  ["TRUNCATE orders CASCADE", "ban-truncate-cascade", "statement-destroys-data"],
  ["ALTER TABLE events DETACH PARTITION e1", "require-concurrent-partition-detach", "partition-change-stops-table"],
  ["UPDATE orders SET a = 1", undefined, "statement-changes-every-row", "squawk reads no rows"],
  ["LOCK TABLE orders", undefined, "table-locked-explicitly", "not among squawk's rules"],
  ["VACUUM FULL orders", undefined, "maintenance-stops-table", "not among squawk's rules"],
  ["ALTER TABLE orders SET UNLOGGED", undefined, "table-set-unlogged", "not among squawk's rules"],
  ["REFRESH MATERIALIZED VIEW v", undefined, "view-refresh-stops-reads", "not among squawk's rules"],
  ["DROP SCHEMA audit CASCADE", undefined, "statement-destroys-data", "not among squawk's rules"],
  ["SET lock_timeout = 5", undefined, "timeout-misread", "squawk asks for a timeout and does not read it"],
];

/** Style, and timeouts that belong to the run. */
const unwanted =
  /^(?:prefer-|require-timeout|require-(?:lock|statement)-timeout|ban-char|constraint-missing-not-valid$)/;

describe("an outside opinion: squawk on the same statements", function () {
  this.timeout(60_000);
  let program = "";
  let folder = "";
  before(function () {
    try {
      program = path.join(
        path.dirname(createRequire(import.meta.url).resolve("squawk-cli/package.json")),
        "js/bin/squawk",
      );
      execFileSync(process.execPath, [program, "--version"], { stdio: "pipe" });
    } catch (error) {
      if (process.env.CI === "true") throw error;
      // Its binary is a package of the platform, and not every platform has one.
      process.stderr.write("      SKIPPED: squawk-cli does not run here\n");
      this.skip();
    }
    folder = mkdtempSync(path.join(tmpdir(), "dbops-squawk-"));
  });
  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  for (const [sql, squawk, dbops, why] of statements)
    it(`${sql}${why === undefined ? "" : `: ${why}`}`, () => {
      const file = path.join(folder, "0002.sql");
      writeFileSync(file, `${sql};\n`);
      const { stdout } = spawnSync(process.execPath, [program, "--reporter", "json", file], { encoding: "utf8" });
      const theirs = (JSON.parse(stdout) as readonly { readonly rule_name: string }[]).map((each) => each.rule_name);
      const said = [...new Set(theirs)].filter((name) => name === squawk || !unwanted.test(name));
      assert.deepEqual(said, squawk === undefined ? [] : [squawk]);
      const ours = lintFiles({ "a/0002.sql": `${sql};\n` }, { sqlParser, select: ["sql"] }).findings;
      assert.deepEqual(
        ours.map(({ ruleId }) => ruleId),
        dbops === undefined ? [] : [dbops],
      );
    });
});
