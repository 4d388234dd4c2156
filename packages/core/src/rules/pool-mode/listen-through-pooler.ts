import { nameOf } from "../../domain/model/names.ts";
import { sharingPoolerOf } from "../../domain/pooler/pool-mode.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "listen-through-pooler",
  subject: "client",
  meta: {
    summary: "A program that listens for notifications goes through a pooler that shares server connections.",
    rationale:
      "LISTEN belongs to a session. In transaction mode the connection goes to other clients, and no notification arrives (measured). PostgREST then misses schema changes.",
    remedy:
      "Point the program at the database's own host, or set `PGRST_DB_CHANNEL_ENABLED=false`, and `PGRST_DB_PREPARED_STATEMENTS` to what the pooler supports.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://docs.postgrest.org/en/stable/references/connection_pool.html#using-external-connection-poolers",
    ],
    quietWhen: "the pool mode is session or not in view, or the channel is switched off.",
  },
  check({ container, host }, { report }) {
    const { resource } = container.workload;
    if (!/(^|\/)postgrest(\/postgrest)?$/.test(container.image?.name ?? "")) return;
    const channel = container.environment.get("PGRST_DB_CHANNEL_ENABLED");
    if (!container.environment.isComplete || (channel !== undefined && channel.value !== "true")) return;
    const through = sharingPoolerOf([host]);
    if (through === undefined) return;
    report({
      message: `PostgREST of ${nameOf(resource)} misses schema changes: it listens through ${nameOf(through.pooler.resource)}, which gives the connection away after each ${through.mode} (pool_mode ${through.mode}).`,
      at: host,
      related: [{ message: "the pool mode", at: through.modeAt }],
    });
  },
});
