import { meantObject } from "../../domain/model/meant-object.ts";
import { nameOf } from "../../domain/model/names.ts";
import { groupOf } from "../../facts/kinds.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-pooler-cluster-unknown",
  subject: "resource",
  kinds: ["Pooler"],
  meta: {
    summary: "A Pooler names a Cluster that is not there.",
    rationale:
      "CloudNativePG starts no PgBouncer for a Cluster that it does not find: the Service of the Pooler has no endpoints, and clients are refused.",
    remedy: "Write the name of the Cluster as its metadata has it.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["Cluster"],
    references: ["https://cloudnative-pg.io/documentation/current/connection_pooling/"],
    quietWhen: "no Cluster in view has nearly that name, or a name is filled in later.",
  },
  check(pooler, { workspace, report }) {
    const at = pooler.node.at("spec", "cluster", "name");
    const name = at?.text();
    if (at === undefined || name === undefined) return;
    const clusters = workspace.everything.resources
      .ofKind("Cluster")
      .filter((each) => groupOf(each.apiVersion) === groupOf(pooler.apiVersion));
    const meant = meantObject(name, pooler, clusters);
    if (meant === undefined) return;
    report({
      message: `${nameOf(pooler)} leads nowhere: no Cluster ${name} is in view; did you mean ${meant.name}?`,
      at,
    });
  },
});
