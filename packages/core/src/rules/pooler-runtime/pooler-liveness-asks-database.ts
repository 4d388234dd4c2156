import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-liveness-asks-database",
  subject: "pooler",
  meta: {
    summary: "The pooler's liveness probe depends on the database.",
    rationale:
      "A liveness probe that runs a query through the pooler, or checks the server directly, fails when the database is down: Kubernetes restarts all poolers at once, and clients that PgBouncer would have kept waiting lose their connections.",
    remedy: "Use a `tcpSocket` probe on the pooler's port for liveness; a readiness probe may check more.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"],
    quietWhen: "it queries the console (database `pgbouncer`), or only checks that the port is open.",
  },
  check({ software, container, resource, settings, routes }, { report }) {
    if (software !== "pgbouncer" || container === undefined) return;
    const command = container.node.at("livenessProbe", "exec", "command");
    const words = (command?.items() ?? []).map((item) => item.text() ?? "");
    const line = words.join(" ");
    const program = /\b(psql|pg_isready)\b/.exec(line)?.[1];
    if (command === undefined || program === undefined) return;
    // The console answers from PgBouncer itself, and only the console knows these.
    if (/(?:-d|\bdbname[= ]|\/|\s)["']?pgbouncer\b(?!\.)/.test(line.replace(/(?:-U|--username[= ])\s*\S+/g, "")))
      return;
    if (/\bshow\s+(?:version|pools|stats|lists|databases|clients|servers|config|state|users)\b/i.test(line)) return;
    if (container.environment.get("PGDATABASE")?.value === "pgbouncer") return;
    const servers = routes.flatMap(({ host }) => (host?.value === undefined ? [] : [host.value]));
    const port = /(?:-p|--port[= ])\s*(\d+)/.exec(line)?.[1];
    const own = settings.number("listen_port")?.value;
    const asksServer = servers.some((server) => words.some((word) => word.includes(server)));
    // pg_isready at the pooler's own port says only that PgBouncer answers.
    if (!asksServer && (program === "pg_isready" || (port !== undefined && own !== undefined && Number(port) !== own)))
      return;
    report({
      message: asksServer
        ? `The liveness probe of ${nameOf(resource)} checks the database: when that is down, Kubernetes restarts every pooler.`
        : `The liveness probe of ${nameOf(resource)} runs a query through PgBouncer: when the database is down, Kubernetes restarts every pooler.`,
      at: command,
    });
  },
});
