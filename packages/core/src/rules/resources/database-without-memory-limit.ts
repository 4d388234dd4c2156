import { code, usageNow } from "../../change/procedures/ahead.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { hasLimitRange } from "../../domain/workspace/conditions.ts";
import type { Container } from "../../kube/container.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-without-memory-limit",
  subject: "database",
  meta: {
    summary: "The server may use any amount of memory: its container has no memory limit.",
    rationale:
      "Without a request the Pod is in the BestEffort class: the kernel kills it first when the node runs out of memory, and a killed database has to recover from its log. Without a limit it takes memory from its neighbors.",
    remedy: "Measure what the server uses, and set memory request and limit to the same value above that.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/"],
    quietWhen: "a LimitRange is in view.",
  },
  check(database, { workspace, report }) {
    const { container, resource, operator } = database;
    if (operator !== undefined) {
      if (operator.resources === undefined || operator.hasDefaultResources === true) return;
      if (resource.node.at(...operator.resources) !== undefined) return;
      report({
        message: `${nameOf(resource)} has no memory request: the scheduler packs its node as if it needed none, and the node kills it first when memory runs out.`,
        at: resource.node.nearest("spec"),
        point: "key",
        severity: "info",
      });
      return;
    }
    if (container === undefined) return;
    if (container.resource("limits", "memory") !== undefined) return;
    if (hasLimitRange(resource, workspace)) return;
    const request = container.resource("requests", "memory");
    const setting = memorySetting(database);
    const uses = setting === undefined ? "" : ` (${setting} alone)`;
    const at = container.node.at("resources") ?? container.node.nearest("name");
    const fixes = [
      procedure(
        `Show how to find a limit for ${serverName(database)}`,
        `${nameOf(resource)} restarts when the limit is applied.`,
        stepsToLimit(database, container),
      ),
    ];
    if (request !== undefined) {
      report({
        message: `${serverName(database)} of ${nameOf(resource)} may use all of its node's memory${uses}: it has a request but no limit.`,
        at,
        point: "key",
        severity: "info",
        fixes,
      });
      return;
    }
    report({
      message: `${serverName(database)} of ${nameOf(resource)} may use all of its node's memory${uses} and is killed first when that runs out: neither request nor limit is set.`,
      at,
      point: container.node.at("resources") === undefined ? "value" : "key",
      fixes,
    });
  },
});

/** `shared_buffers is 4GB`: what the server takes at once, where it is written. */
function memorySetting(database: Database): string | undefined {
  for (const name of ["shared_buffers", "innodb_buffer_pool_size", "maxmemory"]) {
    const fact = database.settings.get(name);
    if (fact?.value !== undefined && fact.origin === "written") return `${name} is ${fact.value}`;
  }
  return undefined;
}

function stepsToLimit(database: Database, container: Container): readonly string[] {
  const { resource } = database;
  const labels = [
    ...(resource.namespace === undefined ? [] : [`namespace="${resource.namespace}"`]),
    `pod=~"${resource.name}.*"`,
    `container="${container.name}"`,
  ].join(", ");
  const now = usageNow(resource);
  const allowed = memoryAllowed(database);
  return [
    `Look at the most that it used in two weeks: ${code(`max_over_time(container_memory_working_set_bytes{${labels}}[14d])`)}${now === undefined ? "" : `, or at what it uses now: ${code(now)}`}.`,
    ...(allowed === undefined ? [] : [`Add up what its settings let it take: ${allowed}.`]),
    `Write the larger number, with some room, as memory in ${code("resources.requests")} and ${code("resources.limits")} of container ${container.name}.`,
  ];
}

/** What the server takes at once and what each client may add, with the numbers that hold here. */
function memoryAllowed({ engine, settings }: Database): string | undefined {
  const value = (name: string): string => {
    const fact = settings.get(name);
    return fact?.value === undefined ? name : `${name} (${fact.value})`;
  };
  switch (engine) {
    case "postgresql":
      return `${value("shared_buffers")}, and ${value("work_mem")} for each sort or hash of each of ${value("max_connections")}`;
    case "mysql":
    case "mariadb":
      return `${value("innodb_buffer_pool_size")}, and the buffers of each of ${value("max_connections")}`;
    case "redis":
    case "valkey":
      return `${value("maxmemory")}, and the pages that clients change while it saves`;
    default:
      return undefined;
  }
}
