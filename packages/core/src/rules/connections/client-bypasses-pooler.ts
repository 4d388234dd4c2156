import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "client-bypasses-pooler",
  subject: "client",
  meta: {
    summary: "A client connects to the database directly although a pooler sits in front of it.",
    rationale:
      "The pooler limits the server's load only for clients that use it. Migrations, dumps, LISTEN and exporters belong outside; applications rarely do.",
    remedy: "Use the pooler's host and port for the application.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/usage.html"],
    quietWhen: "the client also uses the pooler, or is a migration, backup or exporter.",
  },
  check({ host, container }, { workspace, report }) {
    const { reaches } = host;
    const { workload } = container;
    if (reaches.state !== "database") return;
    const { database } = reaches;
    const poolers = workspace.topology.poolersOf(database).filter((pooler) => !pooler.isSidecar);
    const [pooler] = poolers;
    if (pooler === undefined || !/^(Deployment|StatefulSet|Rollout|DeploymentConfig)$/.test(workload.resource.kind))
      return;
    if (
      /exporter|backup|migrat|admin|debezium|replicat|pgadmin|listen/i.test(
        `${container.image?.name ?? ""} ${container.name} ${workload.resource.name}`,
      )
    )
      return;
    if (
      workspace.topology.migrations.some((migration) => migration.workload === workload) ||
      workspace.topology.poolerOf(container) !== undefined
    )
      return;
    const others = workspace.topology.hostsIn(container).some((each) => each.reaches.state === "pooler");
    if (others) return; // one URL through the pooler, one direct for migrations: as it should be
    report({
      message: `${nameOf(workload.resource)} connects to ${nameOf(database.resource)} directly, past ${nameOf(pooler.resource)}: its connections come on top of the pooler's.`,
      at: host,
      related: [{ message: "the pooler", at: pooler.resource.node.nearest("metadata", "name") }],
    });
  },
});
