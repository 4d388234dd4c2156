import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-timeout-in-milliseconds",
  subject: "pooler",
  meta: {
    summary: "A timeout of the pooler looks like milliseconds but is read as seconds.",
    rationale:
      "All of PgBouncer's times except `tcp_user_timeout` are in seconds: 30000 is eight hours, as good as no timeout.",
    remedy: "Divide by 1000.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the value is a number of whole hours.",
  },
  check(pooler, { report }) {
    const { settings, resource } = pooler;
    for (const name of timeouts) {
      const time = settings.number(name);
      if (time?.value === undefined || time.origin === "default") continue;
      if (time.value < 5000 || time.value % 1000 !== 0 || time.value % 3600 === 0) continue;
      report({
        message: `${name} ${time.value} of ${nameOf(resource)} is ${Math.round(time.value / 360) / 10} hours: PgBouncer reads seconds, not milliseconds.`,
        at: time.at,
      });
    }
  },
});

const timeouts = [
  "query_timeout",
  "query_wait_timeout",
  "idle_transaction_timeout",
  "transaction_timeout",
  "client_idle_timeout",
  "client_login_timeout",
  "server_connect_timeout",
  "server_login_retry",
  "server_idle_timeout",
  "reserve_pool_timeout",
];
