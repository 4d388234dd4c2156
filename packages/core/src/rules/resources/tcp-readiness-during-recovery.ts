import { serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "tcp-readiness-during-recovery",
  subject: "database",
  meta: {
    summary: "A tcpSocket readiness probe reports PostgreSQL as ready while it recovers.",
    rationale:
      "PostgreSQL opens its port before it has replayed its log, and rejects each login with `the database system is starting up` (measured on 15). A tcpSocket probe sees an open port.",
    remedy: 'Use `exec: { command: ["pg_isready", "-h", "127.0.0.1"] }`, which asks the server.',
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/app-pg-isready.html"],
  },
  check(database, { report }) {
    const { engine, container } = database;
    const probe = container?.node.at("readinessProbe", "tcpSocket");
    if (engine !== "postgresql" || probe === undefined) return;
    report({
      message: `This TCP probe passes while ${serverName(database)} is still recovering: clients are sent to it and get "the database system is starting up".`,
      at: probe,
      point: "key",
    });
  },
});
