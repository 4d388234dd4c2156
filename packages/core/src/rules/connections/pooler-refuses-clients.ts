import { podsOf } from "../../domain/connections/pods.ts";
import { count, nameOf, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-refuses-clients",
  subject: "pooler",
  meta: {
    summary: "The clients' pools together open more connections than the pooler accepts.",
    rationale:
      "`max_client_conn` limits the client connections of one PgBouncer; the default is 100. Beyond it a client gets `no more connections allowed`, which looks as if the database were down.",
    remedy: "Raise `max_client_conn`: a client connection costs PgBouncer a few kilobytes.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#max_client_conn"],
    quietWhen: "a pool size is not set; an autoscaler's maximum, or one Pod of several being down, is a warning.",
  },
  check(pooler, { workspace, report }) {
    const { settings, resource, instances } = pooler;
    const most = settings.number("max_client_conn");
    if (!most?.value || instances.value === undefined || instances.value < 1) return;
    // A client that starts beside its pooler reaches that one only.
    const rows = workspace.topology.clientsOf(pooler).flatMap((client) => {
      if (pooler.isSidecar) return [];
      const pods = podsOf(client.container.workload, workspace.resources);
      if (client.pool.value === undefined || client.pool.origin === "default") return [];
      if (pods.peak.value === undefined || pods.rest.value === undefined) return [];
      const { value } = client.pool;
      return [{ client, pods, rest: pods.rest.value * value, peak: pods.peak.value * value, pool: value }];
    });
    const accepted = instances.value * most.value;
    const rest = rows.reduce((sum, row) => sum + row.rest, 0);
    const peak = rows.reduce((sum, row) => sum + row.peak, 0);
    const withoutOne = Math.max(1, instances.value - 1) * most.value;
    if (peak <= withoutOne) return;
    const formula = rows
      .map((row) => `${shortName(row.client.container.workload.resource)} ${row.pods.peak.value} x ${row.pool}`)
      .join(" + ");
    const limit = `max_client_conn ${most.value}${most.origin === "default" ? " by default" : ""}`;
    report({
      message:
        peak > accepted
          ? `Clients of ${nameOf(resource)} open up to ${formula} = ${peak} connections, but ${count(instances.value, "Pod")} x ${limit} = ${accepted} are accepted.`
          : `Clients of ${nameOf(resource)} open up to ${formula} = ${peak} connections, but with one Pod less only ${withoutOne} are accepted (${limit}).`,
      at: most.at,
      ...(rest > accepted ? {} : { severity: "warning" as const }),
      related: rows.slice(0, 3).map(({ client, pool }) => ({ message: `pool ${pool}`, at: client.pool.at })),
    });
  },
});
