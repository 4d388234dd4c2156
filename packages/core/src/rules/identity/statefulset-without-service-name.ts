import { nameOf } from "../../domain/model/names.ts";
import { refuseSpec } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "statefulset-without-service-name",
  subject: "database",
  meta: {
    summary: "A StatefulSet without serviceName gives its Pods no DNS names of their own.",
    rationale:
      "`serviceName` names the headless Service under which each Pod gets `<pod>.<service>`. Replicas find their primary by such names. The API server does not require the field, but it is immutable afterward.",
    remedy:
      "Set `spec.serviceName` to a headless Service before the StatefulSet is created. An existing one has to be recreated with `kubectl delete --cascade=orphan`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseSpec(
      ["apps/v1/statefulsets"],
      "size(variables.servers) > 0 && object.spec.replicas > 1 && (!has(object.spec.serviceName) || object.spec.serviceName == '')",
    ),
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id"],
    quietWhen: "one instance runs (only in `all`).",
  },
  check({ resource, instances }, { report }) {
    if (resource.kind !== "StatefulSet") return;
    const written = resource.node.string("spec", "serviceName");
    if (written !== undefined && written !== "") return;
    if (resource.node.at("spec", "serviceName") !== undefined && written === undefined) return;
    const isSeveral = instances.value !== undefined && instances.value > 1;
    report({
      message: `The Pods of ${nameOf(resource)} have no DNS names: serviceName is not set, and it cannot be added to an existing StatefulSet.`,
      at: resource.node.nearest("spec"),
      point: "key",
      ...(isSeveral ? {} : { severity: "info", presets: [] }),
    });
  },
});
