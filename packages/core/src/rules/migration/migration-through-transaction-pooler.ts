import { nameOf } from "../../domain/model/names.ts";
import type { HostReference } from "../../domain/model/reach.ts";
import { poolModeFor } from "../../domain/pooler/pool-mode.ts";
import { findDsns } from "../../embedded/dsn.ts";
import type { Container } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
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
    quietWhen: "the tool locks inside a transaction or not at all, or has a URL that bypasses the pooler.",
  },
  check({ container, hosts, lock, tool }, { report }) {
    if (lock !== "session") return;
    // Prisma's directUrl and its kin: the pooler serves the application, the migration goes past it.
    const isDirect =
      hosts.some(({ reaches }) => reaches.state === "database" && reaches.database.engine === "postgresql") ||
      container.environment.written().some(({ name }) => /DIRECT|NON_?POOL|UNPOOLED/.test(name)) ||
      mayGoElsewhere(container, hosts);
    if (isDirect) return;
    for (const host of hosts) {
      if (host.reaches.state !== "pooler") continue;
      const { pooler } = host.reaches;
      const mode = poolModeFor(pooler, host);
      if (mode?.value === undefined || mode.value === "session") continue;
      report({
        message: `${tool} holds a session lock while it migrates, and ${nameOf(pooler.resource)} gives each ${mode.value} another server connection (pool_mode ${mode.value}): the lock protects nothing and may be left behind.`,
        at: host,
        related: [{ message: "the pool mode", at: mode.at }],
      });
      return;
    }
  },
});

/** Another host of a database whose way is not known, or a variable for one that is not in view: the tool may use that one. */
function mayGoElsewhere({ environment }: Container, hosts: readonly HostReference[]): boolean {
  const names = environment
    .written()
    .filter(({ value }) => "because" in value && !findDsns(value.partly ?? "").some((dsn) => dsn.hosts.length > 0));
  return (
    hosts.some(
      ({ reaches: { state }, protocol }) =>
        (state === "unknown" || state === "outside" || state === "workload") &&
        (protocol === undefined || protocol === "postgresql"),
    ) ||
    names.some(
      ({ name }) =>
        hasPlaceholder(name) || (/PG|POSTGRES|DB|DATABASE|MIGRAT/i.test(name) && /URL|URI|DSN|HOST/i.test(name)),
    )
  );
}
