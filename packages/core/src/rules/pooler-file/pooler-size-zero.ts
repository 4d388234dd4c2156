import { nameOf } from "../../domain/model/names.ts";
import { pgbouncerVersionOf } from "../../domain/pgbouncer/version.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-size-zero",
  subject: "pooler",
  meta: {
    summary: "A pool size of 0 means no limit from PgBouncer 1.24 on, and one connection before.",
    rationale:
      "`default_pool_size = 0` and `pool_size=0` let PgBouncer open a connection for each client from 1.24 on; older ones opened one (measured with 1.18 and 1.25). An update of the image turns one into the other.",
    remedy: "Write the size that is meant; `max_db_connections` is the cap for a database.",
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
        ? "no limit from PgBouncer 1.24 on, and one connection before"
        : version.minor >= 24
          ? `no limit in PgBouncer 1.${version.minor}: each client may get a server connection`
          : `one server connection in PgBouncer 1.${version.minor}, and no limit from 1.24 on`;
    report({ message: `A pool size of 0 in ${nameOf(resource)} means ${effect}.`, at: zero.at });
  },
});
