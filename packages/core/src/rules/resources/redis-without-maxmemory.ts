import { serverName } from "../../domain/model/names.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "redis-without-maxmemory",
  subject: "database",
  meta: {
    summary: "Redis has a memory limit in Kubernetes but none of its own.",
    rationale:
      "Without `maxmemory` Redis grows until the kernel kills it at the container's limit. Saving adds copies of changed pages, up to twice the data in total.",
    remedy: "Set `maxmemory` to about half of the limit and choose a `maxmemory-policy`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://redis.io/docs/latest/operate/oss_and_stack/management/admin/",
      "https://github.com/redis/redis/issues/2136",
    ],
    quietWhen: "no limit is set, or a configuration file is not in view.",
  },
  check(database, { report }) {
    const { engine, container, settings, durability } = database;
    if ((engine !== "redis" && engine !== "valkey") || container === undefined) return;
    const limit = container.resource("limits", "memory");
    if (limit?.value === undefined || !settings.isComplete) return;
    const written = settings.get("maxmemory");
    if (written !== undefined && !(written.value === "0")) return;
    const persists =
      settings.get("appendonly")?.value === "yes" ||
      database.dataDirectory?.mount?.volume?.source === "claim-template" ||
      database.dataDirectory?.mount?.volume?.source === "claim";
    report({
      message: `${serverName(database)} does not know its ${formatBytes(limit.value)} limit: maxmemory is not set, so the kernel kills it when the data grows${persists ? ", or while it saves" : ""}.`,
      at: limit.at,
      ...(persists && durability === "durable" ? {} : { severity: "info" as const, presets: [] }),
    });
  },
});
