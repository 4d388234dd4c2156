import { nameOf } from "../../domain/model/names.ts";
import { refuseSpec } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "operator-safety-checks-disabled",
  subject: "database",
  meta: {
    summary: "The operator's safety checks are switched off.",
    rationale:
      "Percona's operators refuse cluster sizes and settings that lose data at the first failure. The unsafe flags are meant for development clusters.",
    remedy: "Remove the flags, or turn this rule off for development clusters in the configuration.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseSpec(
      [
        "pxc.percona.com/*/perconaxtradbclusters",
        "ps.percona.com/*/perconaservermysqls",
        "psmdb.percona.com/*/perconaservermongodbs",
      ],
      "(has(object.spec.allowUnsafeConfigurations) && object.spec.allowUnsafeConfigurations == true) || (has(object.spec.unsafeFlags) && object.spec.unsafeFlags.exists(f, object.spec.unsafeFlags[f] == true))",
    ),
    references: ["https://docs.percona.com/percona-operator-for-mysql/pxc/operator.html#unsafeflagspxcsize"],
  },
  check({ operator, resource }, { report }) {
    if (operator === undefined) return;
    const flags = resource.node.at("spec", "unsafeFlags");
    const on = (flags?.entries() ?? []).filter(([, value]) => value.boolean() === true);
    const legacy = resource.node.at("spec", "allowUnsafeConfigurations");
    if (legacy?.boolean() === true)
      report({
        message: `${nameOf(resource)} switches off the operator's safety checks (allowUnsafeConfigurations): sizes that lose data at the first failure are accepted.`,
        at: legacy,
      });
    const [first] = on;
    if (first === undefined || flags === undefined) return;
    report({
      message: `${nameOf(resource)} switches off the operator's checks of ${on.map(([name]) => name).join(", ")}: what the operator would refuse as unsafe is accepted.`,
      at: flags,
      point: "key",
    });
  },
});
