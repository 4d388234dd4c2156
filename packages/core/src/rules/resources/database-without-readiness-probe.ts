import { leadsToServer } from "../../domain/hosts/service-port.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Engine } from "../../facts/engines.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey } from "../../yaml/edit.ts";

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
    fixable: "unsafe",
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
      fixes: [
        editFix({
          title: `Send clients only where ${serverName(database)} answers`,
          safety: "unsafe",
          consequence: `Restarts ${nameOf(resource)}.`,
          edits: probeOf(database),
        }),
      ],
    });
  },
});

/**
 * What answers as soon as the server takes connections, without a login. Over TCP, because the first start of an image works on a
 * server that listens on its socket only. Redis answers without one only where it has no password.
 */
const questions: Partial<Readonly<Record<Engine, readonly string[]>>> = {
  postgresql: ["pg_isready", "-h", "127.0.0.1"],
  mysql: ["mysqladmin", "ping", "-h", "127.0.0.1"],
  mariadb: ["mariadb-admin", "ping", "-h", "127.0.0.1"],
};

function probeOf({ engine, container, port }: Database): ReturnType<typeof insertKey> {
  const question = questions[engine];
  if (question === undefined || container === undefined || port.value === undefined) return undefined;
  const isUsual = port.value === (engine === "postgresql" ? 5432 : 3306);
  const option = engine === "postgresql" ? "-p" : "-P";
  const command = isUsual ? question : [...question, option, `${port.value}`];
  return insertKey(container.node, "readinessProbe", { exec: { command }, periodSeconds: 10, timeoutSeconds: 5 });
}
