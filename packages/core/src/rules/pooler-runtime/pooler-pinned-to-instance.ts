import { nameOf, shortName } from "../../domain/model/names.ts";
import { isForReaders } from "../../domain/model/pooler.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-pinned-to-instance",
  subject: "pooler",
  meta: {
    summary: "The pooler connects to one Pod of a replicated database by its name.",
    rationale:
      "After a failover another Pod is the primary, and PgBouncer still connects to the old one, which is gone or read-only.",
    remedy: "Name the Service that follows the primary.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#host"],
    quietWhen:
      "the entry is for readers by its name, each instance has an entry, only one instance runs, or nothing in view promotes another one.",
  },
  check({ routes, resource, software }, { report }) {
    if (software !== "pgbouncer") return;
    for (const route of routes) {
      const { host, reaches } = route;
      if (isForReaders(route)) continue;
      if (host?.value === undefined || reaches.state !== "database" || reaches.instance === undefined) continue;
      const { database } = reaches;
      if ((database.instances.value ?? 1) < 2 || !isReplicated(database) || database.resource.isUnsettled) continue;
      // An entry for each instance is meant so: for monitoring, or for readers.
      if (
        routes.some(
          ({ reaches: each }) =>
            each.state === "database" &&
            each.database === database &&
            each.instance !== undefined &&
            each.instance !== reaches.instance,
        )
      )
        continue;
      report({
        message: `PgBouncer of ${nameOf(resource)} always connects to ${host.value}, even after a failover makes another Pod of ${shortName(database.resource)} the primary.`,
        at: host.at,
        related: [{ message: "its instances", at: database.instances.at }],
      });
      return;
    }
  },
});
