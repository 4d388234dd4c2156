import { locksOf } from "../../domain/migration/locks.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "transaction-locks-several-tables",
  subject: "script",
  meta: {
    summary: "One transaction locks several tables that are in use, one after the other.",
    rationale:
      "The lock on the first table is held while the statement waits for the second: a long query on the second stops every request on the first. A request that uses both in the other order ends in a deadlock.",
    remedy:
      "One table per migration file, each with `SET lock_timeout`, so that a wait ends and the next run tries again.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS",
      "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
    ],
    yieldsTo: ["strong-lock-held-during-work"],
    quietWhen:
      "it is two tables (only in `all`), the script sets lock_timeout, the release makes the tables itself, or how the tool runs the file is not known.",
  },
  check({ changes, made, statements, text }, { report }) {
    if (/\block_timeout\b/i.test(text)) return;
    const tables = new Map<number, Map<string, Place>>();
    for (const change of changes) {
      const transaction = statements[change.statement]?.transaction;
      if (transaction === undefined) continue;
      const locked = tables.get(transaction) ?? new Map<string, Place>();
      tables.set(transaction, locked);
      for (const { table, lock } of locksOf(change))
        if (lock === "ACCESS EXCLUSIVE" && !made.has(table) && !locked.has(table)) locked.set(table, change.at);
    }
    const several = [...tables.values()].find(({ size }) => size > 1);
    if (several === undefined) return;
    const [[first = "", at] = [], ...others] = several;
    if (at === undefined) return;
    report({
      message: `One transaction locks ${several.size} tables (ACCESS EXCLUSIVE): while it waits for ${firstListed(
        others.map(([table]) => table),
        2,
      )}, SELECTs of ${first} wait too, and a request that uses them in the other order deadlocks.`,
      at,
      ...(several.size > 2 ? {} : { presets: [] }),
      related: others.slice(0, 4).map(([table, place]) => ({ message: table, at: place })),
    });
  },
});
