import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "replica-follows-nobody",
  subject: "database",
  meta: {
    summary: "A server that is called a replica is one of its own: nothing copies the primary to it.",
    rationale:
      "Plain images start an empty server. Reports from it show nothing or old data, and the standby that a failover counts on has never seen the primary.",
    remedy:
      "Set up streaming replication (an operator, Patroni, `pg_basebackup` and `primary_conninfo`), or give the server a name that does not promise a copy.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/warm-standby.html"],
    quietWhen:
      "anything in the Pod shows replication, a script or file is not in view, or no primary of the same engine and nearly the same name is in view.",
  },
  check(database, { workspace, report }) {
    const { resource, replication, durability } = database;
    if (replication.value !== "none" || durability !== "durable" || database.workload === undefined) return;
    const stem = stemOf(resource.name);
    if (stem === undefined) return;
    const primary = workspace.topology.databases.find(
      (other) => other !== database && isPrimaryOf(other, database, stem),
    );
    if (primary === undefined) return;
    report({
      message: `${nameOf(resource)} is no replica of ${nameOf(primary.resource)}: ${serverName(database)} starts as an empty server of its own, and nothing in view copies to it.`,
      at: resource.node.nearest("metadata", "name"),
      related: [{ message: "the primary", at: primary.resource.node.nearest("metadata", "name") }],
    });
  },
});

const replicaWord = /^(replicas?|standby|slave|secondary|follower)\d*$/;
const primaryWord = /^(primary|master|main|leader)\d*$/;

/** `stock` of `stock-replica-1`; undefined where the name promises nothing. */
function stemOf(name: string): string | undefined {
  return name.split(/[-.]/).some((word) => replicaWord.test(word)) ? withoutWords(name, replicaWord) : undefined;
}

function withoutWords(name: string, words: RegExp): string {
  return name
    .split(/[-.]/)
    .filter((word) => !words.test(word) && !/^\d+$/.test(word))
    .join("-");
}

function isPrimaryOf({ resource, engine, operator }: Database, replica: Database, stem: string): boolean {
  return (
    operator === undefined &&
    engine === replica.engine &&
    namespacesAgree(resource, replica.resource) &&
    withoutWords(resource.name, primaryWord) === stem
  );
}
