import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-copy-is-no-replica",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A Cluster that was copied once from another is called its replica.",
    rationale:
      "`bootstrap.pg_basebackup` copies the source when the Cluster is created. Without `spec.replica` the new Cluster is promoted and goes its own way: what is written to the source afterward never arrives.",
    remedy:
      "Add `replica: {enabled: true, source: …}` for a new Cluster that is to follow; an existing one has to be created again. If a copy is meant, drop the label or name that says otherwise.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/documentation/current/replica_cluster/"],
    quietWhen: "spec.replica is written; nothing in names and labels says replica (an info in `all`).",
  },
  check({ resource }, { report }) {
    const copy = resource.node.at("spec", "bootstrap", "pg_basebackup");
    const source = copy?.text("source");
    if (
      copy === undefined ||
      source === undefined ||
      hasPlaceholder(source) ||
      resource.node.at("spec", "replica") !== undefined
    )
      return;
    const saysReplica = [resource.name, ...Object.values(resource.labels)].some((word) =>
      /(^|[-_.])(replica|standby|follower|secondary|dr)($|[-_.])/i.test(word),
    );
    report({
      message: `${nameOf(resource)} copies ${source} once and then goes its own way: without spec.replica nothing written to ${source} afterward arrives.`,
      at: copy.nearest("source"),
      ...(saysReplica ? {} : { severity: "info" as const, presets: [] }),
    });
  },
});
