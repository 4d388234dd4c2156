import { openingService } from "../../domain/hosts/exposure.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "redis-without-password",
  subject: "database",
  meta: {
    summary: "Redis does not ask for a password.",
    rationale:
      "Every Pod in the cluster can read, write and FLUSHALL; scanners on the internet find open Redis servers and write SSH keys through them.",
    remedy: "Set `requirepass` from a Secret and limit who may connect.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://redis.io/docs/latest/operate/oss_and_stack/management/security/"],
    quietWhen: "a configuration file is not in view; if only the cluster can reach it, it is reported only in `all`.",
  },
  check(database, { workspace, report }) {
    const { engine, container, workload, settings, resource } = database;
    if (
      (engine !== "redis" && engine !== "valkey") ||
      container === undefined ||
      workload === undefined ||
      !settings.isComplete
    )
      return;
    if (
      settings.get("requirepass") !== undefined ||
      settings.get("aclfile") !== undefined ||
      settings.get("user") !== undefined
    )
      return;
    if (
      !container.environment.isComplete ||
      container.environment.written().some(({ name }) => /PASSWORD/.test(name) && !/ALLOW_EMPTY/.test(name))
    )
      return;
    const exposed = openingService(database, workspace.resources);
    report({
      message: `${serverName(database)} of ${nameOf(resource)} does not ask for a password${exposed === undefined ? "" : `, and Service ${exposed.name} is reachable from outside the cluster`}: anyone who connects can read and delete everything.`,
      at: container.node.at("name") ?? container.node,
      ...(exposed === undefined ? { severity: "info" as const, presets: [] } : {}),
    });
  },
});
