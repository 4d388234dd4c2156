import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "operator-database-single-instance",
  subject: "database",
  meta: {
    summary: "An operator's database runs a single instance.",
    rationale: "The operator can only fail over to a replica. With one instance every drain is an outage.",
    remedy: "Run two or three instances where downtime matters.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://postgres-operator.readthedocs.io/en/latest/user/",
      "https://docs.percona.com/percona-operator-for-mysql/pxc/operator.html",
    ],
    quietWhen: "the operator's own default is one and nothing is set.",
  },
  check({ operator, instances, resource }, { report }) {
    if (operator === undefined || operator.guardsSingleInstance === true || instances.value !== 1) return;
    // mariadb-operator and Crunchy make one by default: nobody chose it here.
    if (instances.origin === "default") return;
    const flag = operator.singleMemberFlag;
    const flags = [["allowUnsafeConfigurations"], ["unsafeFlags", flag ?? ""]].map((path) =>
      resource.node.at("spec", ...path),
    );
    // A flag that is filled in later may be set.
    const isRefused = flag !== undefined && flags.every((each) => each === undefined || each.boolean() === false);
    report({
      message: isRefused
        ? `The operator refuses ${nameOf(resource)} with 1 member: it requires 3 or 5, or the unsafe flag for the size.`
        : `${nameOf(resource)} has 1 instance: nothing takes over when its node fails or is drained.`,
      at: instances.at,
      severity: isRefused ? "error" : "info",
    });
  },
});
