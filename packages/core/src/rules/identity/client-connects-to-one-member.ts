import { hostsReaching } from "../../domain/hosts/host-index.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import type { HostReference } from "../../domain/model/reach.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "client-connects-to-one-member",
  subject: "host",
  meta: {
    summary: "A client names one Pod of a database whose primary can move to another.",
    rationale:
      "`orders-db-0` is the primary until the first failover. Then it comes back as a replica, and clients that name it read stale rows and cannot write, although the database is healthy.",
    remedy:
      "Name something that follows the primary: the role Service of the operator or of Patroni, a proxy, or all members with `target_session_attrs=read-write`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://patroni.readthedocs.io/en/latest/kubernetes.html",
      "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS",
    ],
    quietWhen:
      "one instance runs, nothing in view fails over, several members are named, or the client is a backup, an exporter or a member of the database itself.",
  },
  check(host, { workspace, report }) {
    const { reaches, writtenBy } = host;
    if (reaches.state !== "database" || reaches.instance === undefined) return;
    const { database, instance } = reaches;
    const { topology } = workspace;
    if (writtenBy === database.resource || database.resource.isUnsettled) return;
    if ((database.instances.value ?? 1) < 2) return;
    // What a pooler's entry names is that pooler's: it may be an entry for readers.
    if (topology.poolers.some(({ routes }) => routes.some((route) => isSamePlace(route.host?.at, host)))) return;
    const failover = failoverOf(database);
    if (failover === undefined || isObserver(host, topology.backups)) return;
    const siblings = hostsReaching(database, topology).filter(
      (other) => other.writtenBy === writtenBy && other.reaches.state === "database",
    );
    if (siblings.some((other) => other.reaches.state === "database" && other.reaches.instance !== instance)) return;
    report({
      message: `${nameOf(writtenBy)} connects to Pod ${instance} of ${shortName(database.resource)}, but a failover by ${failover} makes another of the ${database.instances.value} the primary: writes then fail.`,
      at: host,
      subject: writtenBy,
      related: [{ message: "the database", at: database.resource.node.nearest("metadata", "name") }],
    });
  },
});

function isSamePlace(at: Place | undefined, { file, span }: Place): boolean {
  return at?.file === file && at.span.start === span.start;
}

/** What moves the primary; undefined: nothing in view does. */
function failoverOf(database: Database): string | undefined {
  if (database.operator !== undefined) return "the operator";
  const { workload, replication } = database;
  if (workload === undefined) return undefined;
  if (database.engine === "redis" || database.engine === "valkey")
    return workload.containers.some(
      ({ argv, name, image }) =>
        /sentinel/i.test(`${name} ${image?.name ?? ""}`) || argv.some(({ value }) => /sentinel/i.test(value ?? "")),
    )
      ? "Sentinel"
      : undefined;
  if (database.engine !== "postgresql" || replication.value !== "patroni") return undefined;
  const images = workload.containers.map(({ image }) => image?.name ?? "").join(" ");
  return /repmgr/.test(images) ? "repmgr" : /stolon/.test(images) ? "stolon" : "Patroni";
}

/** A backup may read one member, an exporter looks at each. */
function isObserver(host: HostReference, backups: readonly { readonly resource: unknown }[]): boolean {
  if (backups.some(({ resource }) => resource === host.writtenBy)) return true;
  const images = host.writtenBy.workload?.containers.map(({ image, name }) => `${image?.name ?? ""} ${name}`) ?? [];
  return images.some((name) => /exporter|sentinel|backup|haproxy|pgpool|proxysql|monitor/i.test(name));
}
