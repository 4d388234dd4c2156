import { nameOf } from "../../domain/names.ts";
import type { Pooler } from "../../domain/pooler.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-through-transaction-pooler",
  subject: "migration",
  meta: {
    summary: "A migration tool with session locks goes through a transaction-mode pooler.",
    rationale:
      "Session advisory locks belong to a server connection. In transaction mode the next statement runs on another one: two migrations run at once, or the lock stays until the pooler closes that connection.",
    remedy: "Connect migrations to the database directly.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/features.html",
      "https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/databases-connections/pgbouncer",
    ],
    quietWhen: "the tool locks inside a transaction or not at all.",
  },
  check({ hosts, lock, tool, workload }, { report }) {
    if (lock !== "session" || workload.resource.isPatched) return;
    const host = hosts.find(
      ({ reaches }) =>
        reaches.state === "pooler" && modeOf(reaches.pooler) !== undefined && modeOf(reaches.pooler) !== "session",
    );
    if (host === undefined || host.reaches.state !== "pooler") return;
    const { pooler } = host.reaches;
    const mode = pooler.settings.get("pool_mode");
    report({
      message: `${tool} holds a session lock while it migrates, and ${nameOf(pooler.resource)} gives each transaction another server connection (pool_mode ${mode?.value ?? "transaction"}): the lock protects nothing and may stay behind.`,
      at: host,
      related: mode === undefined ? [] : [{ message: "the pool mode", at: mode.at }],
    });
  },
});

function modeOf(pooler: Pooler): string | undefined {
  return pooler.settings.get("pool_mode")?.value;
}
