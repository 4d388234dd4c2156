import { nameOf, serverName } from "../../domain/model/names.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "server-sized-by-node",
  subject: "database",
  meta: {
    summary: "innodb_dedicated_server sizes MySQL by the memory of the node, not of the container.",
    rationale:
      "Before 9.3 MySQL reads the memory of the machine and gives up to three quarters of it to the buffer pool. In a container with a limit it is killed while the pool fills.",
    remedy: "Set `innodb_buffer_pool_size` to 50 to 75 % of the limit instead.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-dedicated-server.html"],
    quietWhen: "the container has no memory limit, the buffer pool is set too, or the version is 9.3 or later.",
  },
  check(database, { report }) {
    const { engine, settings, container, version, resource } = database;
    const dedicated = settings.get("innodb_dedicated_server");
    const limit = container?.resource("limits", "memory");
    if (engine !== "mysql" || limit?.value === undefined) return;
    if (dedicated?.value === undefined || !/^(on|1|true|)$/i.test(dedicated.value.trim())) return;
    const pool = settings.bytes("innodb_buffer_pool_size");
    if (pool?.value !== undefined && pool.origin === "written") return;
    const [major = 0, minor = 0] = (version.value ?? "").split(".").map(Number);
    if (version.value === undefined || major > 9 || (major === 9 && minor >= 3)) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} sizes its buffer pool by the memory of the node (innodb_dedicated_server), but its limit is ${formatBytes(limit.value)}: the kernel kills it while the pool fills.`,
      at: dedicated.at,
      related: [{ message: "the limit", at: limit.at }],
    });
  },
});
