import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { hasLimitRange } from "../../domain/workspace/conditions.ts";
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
    fixable: "no",
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
    if (request !== undefined) {
      report({
        message: `${serverName(database)} of ${nameOf(resource)} may use all of its node's memory${uses}: it has a request but no limit.`,
        at,
        point: "key",
        severity: "info",
      });
      return;
    }
    report({
      message: `${serverName(database)} of ${nameOf(resource)} may use all of its node's memory${uses} and is killed first when that runs out: neither request nor limit is set.`,
      at,
      point: container.node.at("resources") === undefined ? "value" : "key",
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
