import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "exporter-may-not-ask-pooler",
  subject: "host",
  meta: {
    summary: "Someone logs in to PgBouncer's console who is neither in admin_users nor in stats_users.",
    rationale:
      "The console (database `pgbouncer`) answers only those two lists: everyone else gets `not allowed` (measured with 1.18), and the exporter reports nothing.",
    remedy: "Add the user to `stats_users`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#stats_users"],
    quietWhen: "a list or the user is not in view, or auth_type is any.",
  },
  check(host, { report }) {
    const { reaches, user, databaseName, writtenBy } = host;
    if (reaches.state !== "pooler" || databaseName !== "pgbouncer" || user === undefined || /[$<{%]/.test(user)) return;
    const { pooler } = reaches;
    if (pooler.software !== "pgbouncer" || pooler.resource.isUnsettled || !pooler.settings.isComplete) return;
    if (pooler.settings.get("auth_type")?.value === "any") return;
    const lists = ["admin_users", "stats_users"].map((name) => pooler.settings.get(name));
    if (lists.some((list) => list !== undefined && list.value === undefined)) return;
    if (lists.some((list) => list?.value?.split(/[\s,]+/).includes(user) === true)) return;
    report({
      message: `${nameOf(pooler.resource)} does not answer ${user} of ${nameOf(writtenBy)} at its console: the user is neither in admin_users nor in stats_users.`,
      at: host,
      subject: writtenBy,
    });
  },
});
