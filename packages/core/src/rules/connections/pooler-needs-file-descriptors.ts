import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-needs-file-descriptors",
  subject: "pooler",
  meta: {
    summary: "The pooler accepts more connections than a container may open by default.",
    rationale:
      "Each client and server connection is a file descriptor. Since 2.0 containerd starts containers with a soft limit of 1024, which PgBouncer does not raise: it logs `max expected fd use` at startup (measured), and refuses clients beyond the limit.",
    remedy:
      "Start it with `ulimit -n` raised (`sh -c 'ulimit -n 65536 && exec pgbouncer …'`), or accept fewer clients in more Pods.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/config.html#max_client_conn",
      "https://github.com/containerd/containerd/pull/8924",
    ],
    quietWhen: "the command raises the limit, or PgBouncer needs less than twice the limit.",
  },
  check({ software, settings, routes, resource, container }, { report }) {
    const clients = settings.number("max_client_conn");
    const pool = settings.number("default_pool_size");
    if (software !== "pgbouncer" || container === undefined) return;
    if (clients?.value === undefined || pool?.value === undefined) return;
    if (!Number.isInteger(clients.value) || !Number.isInteger(pool.value)) return;
    const servers = Math.max(1, routes.length) * pool.value;
    if (clients.value + servers <= 2048 || container.argv.some((word) => /ulimit/.test(word.value ?? "ulimit"))) return;
    report({
      message: `PgBouncer of ${nameOf(resource)} needs ${clients.value} + ${servers} = ${clients.value + servers} file descriptors: a container has 1024 where containerd 2 sets the limit, and nothing here raises it.`,
      at: clients.at,
    });
  },
});
