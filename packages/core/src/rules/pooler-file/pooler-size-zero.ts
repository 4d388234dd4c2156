import { nameOf } from "../../domain/model/names.ts";
import { pgbouncerVersionOf } from "../../domain/pgbouncer/version.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-size-zero",
  subject: "pooler",
  meta: {
    summary: "A pool size of 0 means no limit since PgBouncer 1.24, and one connection before that.",
    rationale:
      "Since 1.24 `default_pool_size = 0` and `pool_size=0` let PgBouncer open a connection for each client; older versions opened one (measured with 1.18 and 1.25). An image update turns one into the other.",
    remedy: "Set the size you want; `max_db_connections` caps a whole database.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/changelog.html#pgbouncer-124x"],
    quietWhen: "`max_db_connections` caps the pool.",
  },
  check({ settings, routes, resource, container, software }, { report }) {
    if (software !== "pgbouncer") return;
    const cap = settings.number("max_db_connections");
    const size = settings.number("default_pool_size");
    const route = routes.find(({ poolSize }) => poolSize?.value === 0);
    const zero = size?.value === 0 ? size : route?.poolSize;
    if (zero?.value !== 0 || ((route?.maxConnections ?? cap)?.value ?? 0) > 0) return;
    const version = pgbouncerVersionOf(container);
    const effect =
      version === undefined
        ? "no limit since PgBouncer 1.24, and one connection before that"
        : version.minor >= 24
          ? `no limit in PgBouncer 1.${version.minor}: each client may get a server connection`
          : `one server connection in PgBouncer 1.${version.minor}, and no limit since 1.24`;
    report({ message: `A pool size of 0 in ${nameOf(resource)} means ${effect}.`, at: zero.at });
  },
});
