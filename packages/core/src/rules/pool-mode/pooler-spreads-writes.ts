import { all, nameOf, shortName } from "../../domain/model/names.ts";
import { isForReaders } from "../../domain/model/pooler.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-spreads-writes",
  subject: "pooler",
  meta: {
    summary: "The pooler connects to several instances in turn, but only one of them accepts writes.",
    rationale:
      "A headless Service answers with the addresses of all its Pods, and PgBouncer uses several addresses, or a list of hosts, in turn: writes that land on a standby fail with `cannot execute INSERT in a read-only transaction`. An instance that is down is not skipped.",
    remedy:
      "Name the Service that follows the primary. Since 1.24 `load_balance_hosts=disable` tries the hosts of a list in order.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#host"],
    quietWhen:
      "one instance runs, the server is not in view, the entry or its hosts are for readers by their names, or `load_balance_hosts=disable`.",
  },
  check({ routes, resource, software }, { report }) {
    if (software !== "pgbouncer") return;
    for (const route of routes) {
      const { host, reaches, balance } = route;
      if (host?.value === undefined || isForReaders(route)) continue;
      if (/^[^,]+,[^,]/.test(host.value)) {
        // "disable", or a value that is filled in later; and hosts that are no servers, or only standbys.
        if (balance !== undefined && balance.value !== "round-robin") continue;
        if (host.value.split(",").every((each) => /replica|standby|slave|read|[-_]ro\b|proxy|pgpool/i.test(each)))
          continue;
        report({
          message: `PgBouncer of ${nameOf(resource)} connects to ${host.value.split(",").join(" and ")} in turn: writes that land on a standby fail, and a host that is down is not skipped.`,
          at: host.at,
        });
        return;
      }
      if (reaches.state !== "database" || reaches.service === undefined || reaches.instance !== undefined) continue;
      const { database, service } = reaches;
      const instances = database.instances.value ?? 1;
      if (service.isUnsettled || service.node.string("spec", "clusterIP") !== "None" || instances < 2) continue;
      if (database.engine !== "postgresql") continue;
      // A Service that picks the primary by a label of its Pods has one address.
      const selector = service.node.at("spec", "selector")?.entries() ?? [];
      if (selector.some(([key, value]) => /role|primary|master/.test(`${key}=${value.text() ?? ""}`))) continue;
      report({
        message: `PgBouncer of ${nameOf(resource)} gets the addresses of ${all(instances)} instances of ${shortName(database.resource)} from headless Service ${service.name} and uses them in turn: writes land on ${isReplicated(database) ? "standbys" : "any of them"}.`,
        at: host.at,
        related: [{ message: "the headless Service", at: service.node.nearest("spec", "clusterIP") }],
      });
      return;
    }
  },
});
