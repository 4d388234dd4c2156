import { leadsToServer } from "../../domain/hosts/service-port.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-without-readiness-probe",
  subject: "database",
  meta: {
    summary: "The server has no readiness probe, so clients are sent to it while it starts.",
    rationale:
      "Without a readiness probe a Pod is ready as soon as its process runs. During crash recovery clients are refused, and a rolling update continues before the new Pod serves.",
    remedy:
      "Add one: `pg_isready`, `mysqladmin ping`, `mongosh --eval 'db.adminCommand(\"ping\")'`, `redis-cli ping | grep PONG`.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"],
    quietWhen: "an operator runs the Pods.",
  },
  check(database, { workspace, report }) {
    const { container, workload, instances, resource } = database;
    if (container === undefined || workload === undefined || container.node.at("readinessProbe") !== undefined) return;
    const service = workspace.resources
      .selecting("Service", workload)
      .find((each) => leadsToServer(each, { port: database.port, container }));
    const isSeveral = instances.value !== undefined && instances.value > 1 && service !== undefined;
    const others =
      container.node.at("livenessProbe") === undefined ? "no probe at all" : "a liveness probe but no readiness probe";
    report({
      message: `${nameOf(resource)} has ${others}: ${service === undefined ? "clients are sent" : `Service ${service.name} sends clients`} to ${serverName(database)} while the server is still starting or recovering.`,
      at: container.node.at("name") ?? container.node,
      ...(isSeveral ? { severity: "warning" as const } : {}),
    });
  },
});
