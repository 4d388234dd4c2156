import { onlyAllowsReplication } from "../../domain/database/replication.ts";
import { all, serverName, shortName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { writtenLine } from "../../embedded/command.ts";
import { independentEngines } from "../../facts/engines.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "replicas-do-not-replicate",
  subject: "database",
  meta: {
    summary: "Several Pods of a plain database image do not replicate to each other.",
    rationale:
      "Kubernetes copies Pods, not data. Each Pod of a plain `postgres`, `mysql`, `mongo` or `redis` image is a separate database; a Service in front of them sends each connection to a different one.",
    remedy: "Run one instance, or let an operator replicate (CloudNativePG, Zalando, Percona, Crunchy).",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/"],
    quietWhen:
      "anything in the Pod shows replication, a script is not in view, clients name each of the Pods, or the data is declared a cache.",
  },

  check(database, { workspace, report }) {
    const { resource, workload, instances, replication, durability, engine } = database;
    if (workload === undefined || resource.kind === "DaemonSet" || instances.value === undefined || instances.value < 2)
      return;
    if (durability === "durable" && onlyAllowsReplication(database) && !startsReplication(workspace)) {
      report({
        message: `${instances.value} Pods of ${serverName(database)} could replicate (server-id), but nothing in view starts it: until someone runs CHANGE REPLICATION SOURCE in each, they are ${instances.value} separate databases.`,
        at: instances.at,
        severity: "warning",
      });
      return;
    }
    if (replication.value !== "none" || durability !== "durable" || !independentEngines.has(engine)) return;
    if (database.dataDirectory?.mount?.volume?.source === "claim") return; // replicas-share-a-claim says it
    const services = workspace.resources
      .selecting("Service", workload)
      .filter((service) => service.node.at("spec", "selector", "statefulset.kubernetes.io/pod-name") === undefined);
    const clientService =
      services.find((service) => service.node.string("spec", "clusterIP") !== "None") ?? services[0];
    // Clients that only use names of single Pods shard by themselves.
    const hosts = workspace.topology.hosts.filter(
      ({ reaches }) => reaches.state === "database" && reaches.database === database,
    );
    const named = new Set(
      hosts.flatMap(({ reaches }) => (reaches.state === "database" ? [reaches.instance ?? "all"] : [])),
    );
    const isByName = named.size > 0 && !named.has("all");
    if (isByName && named.size >= instances.value) return;
    const isHeadless = clientService?.node.string("spec", "clusterIP") === "None";
    const idle = instances.value - named.size;
    const effect = isByName
      ? `clients in view name ${[...named].map((ordinal) => `${resource.name}-${ordinal}`).join(" and ")} only: ${idle === 1 ? "the other one is an empty server and no standby" : `the other ${idle} are empty servers and no standbys`}`
      : clientService === undefined
        ? "anyone who connects reaches one of them"
        : `Service ${shortName(clientService)} ${isHeadless ? "answers with the addresses of all" : "sends each client to any of them"}`;
    const isCacheEngine = engine === "redis" || engine === "valkey";
    report({
      message: `${instances.value} Pods of ${serverName(database)} are ${instances.value} separate databases: nothing replicates between them, and ${effect}.`,
      at: instances.at,
      ...(clientService === undefined
        ? {}
        : {
            related: [
              {
                message: `${clientService.kind} ${shortName(clientService)} selects ${all(instances.value)} Pods`,
                at: clientService.node.nearest("spec", "selector"),
              },
            ],
          }),
      ...(clientService === undefined || isByName || isCacheEngine ? { severity: "warning" as const } : {}),
      fixes: [
        procedure(
          "Show how to go back to one database",
          "Data written to the other Pods becomes unreachable; compare and merge first.",
          [
            `Compare the ${instances.value} databases (row counts, latest rows): each has only what its own clients wrote.`,
            `Merge what is missing into ${resource.name}-0.`,
            `Set replicas to 1, or move to an operator that replicates.`,
          ],
        ),
      ],
    });
  },
});

/** A Job or script of another workload may set it up. */
function startsReplication({ resources }: Workspace): boolean {
  const start = /CHANGE\s+(?:MASTER|REPLICATION)|START\s+(?:SLAVE|REPLICA|GROUP_REPLICATION)|mysqlsh|orchestrator/i;
  return [...resources].some(
    ({ workload }) =>
      workload?.containers.some(
        (container) =>
          start.test(container.image?.name ?? "") ||
          container.argv.some(({ value }) => start.test(value ?? "")) ||
          container.filesUnder("/").some(({ content }) => start.test(content.value ?? "")) ||
          container.commands.some(
            (command) => start.test(writtenLine(command)) || start.test(command.input?.text ?? ""),
          ),
      ) === true,
  );
}
