import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "innodb-cluster-single-router",
  subject: "database",
  operator: "mysql-operator",
  meta: {
    summary: "Clients of a MySQL InnoDBCluster go through a single MySQL Router.",
    rationale:
      "Applications reach the group through MySQL Router. The servers survive the loss of a node, but while the only Router is moved to another one, no client connects.",
    remedy: "Run two or more: `spec.router.instances: 2`.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://dev.mysql.com/doc/mysql-operator/en/mysql-operator-innodbcluster-simple.html"],
    quietWhen: "there is one server, too, or the number is filled in later.",
  },
  check({ resource, instances }, { report }) {
    const routers = resource.node.at("spec", "router", "instances");
    if (routers?.integer() !== 1 || instances.value === undefined || instances.value < 2) return;
    report({
      message: `${nameOf(resource)} has ${instances.value} servers behind one MySQL Router: while its node is drained, no client connects.`,
      at: routers,
    });
  },
});
