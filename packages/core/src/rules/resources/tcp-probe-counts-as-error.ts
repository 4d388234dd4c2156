import { nameOf, serverName } from "../../domain/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "tcp-probe-counts-as-error",
  subject: "database",
  meta: {
    summary: "A tcpSocket probe of MySQL or MariaDB counts as a failed connection, each time.",
    rationale:
      "The server greets whoever connects and waits for a login. A probe that hangs up counts in `Aborted_connects`, which then says nothing any more, and after `max_connect_errors` of them in a row (100 by default) the server refuses the address they come from: the node's, with whatever else comes from it (measured with MariaDB).",
    remedy: "`exec: { command: [mysqladmin, ping] }`, or `healthcheck.sh --connect` of the MariaDB image.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://dev.mysql.com/doc/refman/8.4/en/host-cache.html"],
    quietWhen: "the probe logs in or asks with mysqladmin.",
  },
  check(database, { report }) {
    const { engine, container, resource, settings } = database;
    if ((engine !== "mysql" && engine !== "mariadb") || container === undefined || resource.isPatched) return;
    const names = ["readinessProbe", "livenessProbe"].filter(
      (name) => container.node.at(name, "tcpSocket") !== undefined,
    );
    const [first] = names;
    if (first === undefined) return;
    const probes = names.map((name) => 86_400 / (container.node.integer(name, "periodSeconds") ?? 10));
    const perDay = Math.round(probes.reduce((sum, each) => sum + each, 0));
    const most = settings.get("max_connect_errors")?.value ?? "100";
    report({
      message: `${perDay} probes a day count as failed connections to ${serverName(database)} of ${nameOf(resource)}: Aborted_connects is useless, and after ${most} in a row it refuses the node's address.`,
      at: container.node.nearest(first, "tcpSocket"),
      point: "key",
    });
  },
});
