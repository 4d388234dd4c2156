import { dsnsTo } from "../../domain/client/client-dsn.ts";
import { nameOf } from "../../domain/model/names.ts";
import { isOlder, pgbouncerVersionOf } from "../../domain/pgbouncer/version.ts";
import { programOf } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "replication-through-pooler",
  subject: "container",
  meta: {
    summary: "A replication connection goes through a PgBouncer that does not support them.",
    rationale:
      "Before 1.23 PgBouncer refuses `replication` as an unsupported startup parameter (measured with 1.18; 1.26 accepts it): base backups, WAL receivers and logical replication cannot connect.",
    remedy: "Connect to the database directly, or use PgBouncer 1.23 or later.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/changelog.html#pgbouncer-123x"],
    quietWhen: "the version is not known, or the container also names the database directly.",
  },
  check(container, { workspace, report }) {
    const { resource } = container.workload;
    const hosts = workspace.topology.hostsIn(container);
    if (hosts.some(({ reaches }) => reaches.state === "database")) return;
    for (const host of hosts) {
      if (host.reaches.state !== "pooler") continue;
      const { pooler } = host.reaches;
      const version = pgbouncerVersionOf(pooler.container);
      if (pooler.software !== "pgbouncer" || !isOlder(version, "1.23.0")) continue;
      const command = container.commands.find((each) =>
        /^(pg_basebackup|pg_receivewal|pg_recvlogical|pg_createsubscriber)$/.test(programOf(each)),
      );
      const url = dsnsTo(container, host).find(({ parameters }) =>
        /^(database|true|on|yes|1)$/.test(parameters.get("replication") ?? ""),
      );
      const what = command === undefined ? url?.setting.name : programOf(command);
      if (what === undefined) continue;
      report({
        message: `${what} of ${nameOf(resource)} cannot connect: it replicates, and PgBouncer 1.${version?.minor} of ${nameOf(pooler.resource)} does not accept replication connections (1.23 does).`,
        at: command?.words[0] ?? host,
        related: [{ message: "the pooler", at: host }],
      });
      return;
    }
  },
});
