import { readersAt } from "../../domain/connections/row-parts.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-on-standby",
  subject: "migration",
  meta: {
    summary: "A migration connects to the Service of the standbys, which accept no writes.",
    rationale:
      "The operator's Service for readers leads to hot standbys only, or to any instance. There each statement that changes something fails with `cannot execute ALTER TABLE in a read-only transaction`.",
    remedy: "Name the Service of the primary, which follows it through a failover (`NAME-rw`, `NAME`, `NAME-primary`).",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-USERS",
      "https://cloudnative-pg.io/documentation/current/service_management/",
    ],
    quietWhen: "the container also names the primary or another host of a database, or one instance runs.",
  },
  check({ tool, hosts, workload, container }, { report }) {
    // With a second address the tool may use that one.
    const [host, ...others] = hosts.filter(
      ({ reaches }) => reaches.state !== "workload" && reaches.state !== "nothing",
    );
    if (host === undefined || host.reaches.state !== "database") return;
    if (others.some((each) => each.host !== host.host) || namesUnknown(container)) return;
    const { database } = host.reaches;
    if (!/^(?:postgresql|mysql|mariadb)$/.test(database.engine)) return;
    const readers = readersAt(host.reaches);
    if (readers === undefined) return;
    const [service = ""] = host.host.split(".");
    const instances = database.instances.value;
    if (readers === "any" && instances === undefined) return;
    report({
      message:
        readers === "standbys"
          ? `${tool} of ${nameOf(workload.resource)} changes the schema through ${service}, which leads to standbys only: it fails with "read-only transaction".`
          : `${tool} of ${nameOf(workload.resource)} changes the schema through ${service}, which leads to any of ${instances} instances: on a standby it fails with "read-only transaction".`,
      at: host,
      ...(readers === "standbys" ? {} : { severity: "warning" as const }),
    });
  },
});

/** A variable for an address that is not in view: the tool may use that one. */
function namesUnknown({ environment }: Container): boolean {
  return environment
    .written()
    .some(({ name, value }) => value.value === undefined && /URL|URI|DSN|HOST|SERVER|ADDR/i.test(name));
}
