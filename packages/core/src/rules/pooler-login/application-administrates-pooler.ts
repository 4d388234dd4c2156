import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "application-administrates-pooler",
  subject: "host",
  meta: {
    summary: "An application logs in to the pooler as one of its administrators.",
    rationale:
      "Users in `admin_users` may connect to the database `pgbouncer` and run PAUSE, KILL or SHUTDOWN: anyone who takes over the application can stop the database for everyone. bitnami/pgbouncer makes POSTGRESQL_USERNAME an administrator.",
    remedy: "List a dedicated user in `admin_users`, and put a monitoring user in `stats_users`.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#admin_users"],
    quietWhen: "the user is not in view, or the client asks for the console (`pgbouncer`).",
  },
  check(host, { report }) {
    const { reaches, user, databaseName, writtenBy } = host;
    if (reaches.state !== "pooler" || user === undefined || databaseName === "pgbouncer") return;
    const { pooler } = reaches;
    if (pooler.resource === writtenBy && !pooler.isSidecar) return;
    const admins = pooler.settings.get("admin_users");
    if (pooler.software !== "pgbouncer" || admins?.value === undefined || pooler.resource.isUnsettled) return;
    if (!admins.value.split(/[\s,]+/).includes(user)) return;
    report({
      message: `${writtenBy.kind} ${writtenBy.name} uses ${nameOf(pooler.resource)} as ${user}, one of its administrators: ${writtenBy.name} may pause or stop PgBouncer for everyone.`,
      at: host,
      subject: writtenBy,
      related: [{ message: "the administrators", at: admins.at }],
    });
  },
});
