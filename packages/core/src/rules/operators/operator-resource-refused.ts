import { nameOf } from "../../domain/model/names.ts";
import { operatorRefusals, refusedKinds } from "../../domain/operators/read-operators.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "operator-resource-refused",
  subject: "resource",
  kinds: refusedKinds,
  meta: {
    summary: "The operator refuses the custom resource.",
    rationale:
      "Sizes without a majority, switches that exclude each other, names that are too long and values that break a pattern are refused by the CRD, a webhook or the operator's own check. Neither this change nor any other in the resource is applied.",
    remedy: "Change the field that the message names.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://docs.percona.com/percona-operator-for-mysql/pxc/operator.html",
      "https://github.com/mariadb-operator/mariadb-operator/blob/main/docs/high_availability.md",
      "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
      "https://postgres-operator.readthedocs.io/en/latest/reference/cluster_manifest/",
    ],
    quietWhen: "the value is filled in later, or the operator's unsafe flag for it is set.",
  },
  check(resource, { workspace, report }) {
    if (resource.isPartial || resource.isUnsettled) return;
    for (const { at, because } of operatorRefusals(resource, workspace.resources))
      report({
        message: `The operator refuses ${nameOf(resource)}: ${because}.`,
        at,
        ...(at.kind === "map" ? { point: "key" as const } : {}),
      });
  },
});
