import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Fix } from "../../rule/finding.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey, removeKey } from "../../yaml/edit.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "object-refused",
  subject: "resource",
  kinds: ["Service", "PodDisruptionBudget"],
  meta: {
    summary: "The API server refuses a Service or budget of a database.",
    rationale:
      "Fields exclude each other, or one that the others require is missing. The object is not applied at all.",
    remedy: "Correct the field named in the message.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: [
      "https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/apis/core/validation/validation.go",
      "https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/apis/policy/validation/validation.go",
    ],
    quietWhen: "it selects no database or pooler in view: schema validators check the rest.",
  },
  check(resource, { workspace, report }) {
    const fault = resource.kind === "Service" ? ofService(resource) : ofBudget(resource);
    if (fault === undefined || !isOurs(resource, workspace)) return;
    report({ message: `The API server refuses ${nameOf(resource)}: ${fault.why}.`, at: fault.at, fixes: [fault.fix] });
  },
});

interface Fault {
  readonly why: string;
  readonly at: Place;
  readonly fix?: Fix | undefined;
}

function ofService({ node }: Resource): Fault | undefined {
  const spec = node.at("spec");
  const type = spec?.at("type");
  if (spec?.string("clusterIP") === "None" && type !== undefined && /^(LoadBalancer|NodePort)$/.test(type.text() ?? ""))
    return { why: `a headless Service (clusterIP None) cannot be a ${type.text()}`, at: type };
  const ports = spec?.at("ports")?.items() ?? [];
  const unnamed = ports.length < 2 ? undefined : ports.find((port) => port.at("name") === undefined);
  if (unnamed !== undefined)
    return {
      why: `with ${ports.length} ports each needs a name, but port ${unnamed.text("port") ?? ""} has none`,
      at: unnamed,
      fix: editFix({
        title: "Name the port",
        safety: "safe",
        edits: insertKey(unnamed, "name", `tcp-${unnamed.text("port") ?? "port"}`),
      }),
    };
  const names = ports.map((port) => port.text("name") ?? "");
  const twice = ports.find((_, index) => names.indexOf(names[index] ?? "") < index && names[index] !== "");
  return twice === undefined
    ? undefined
    : { why: `two of its ports are called ${twice.text("name")}`, at: twice.nearest("name") };
}

function ofBudget({ node }: Resource): Fault | undefined {
  const least = node.at("spec", "minAvailable");
  const most = node.at("spec", "maxUnavailable");
  // A null is dropped before anybody looks: patches and charts write it to take a field away.
  const isWritten = (node: YamlNode | undefined): boolean =>
    node?.value !== undefined && node.value !== null && !hasPlaceholder(node.text() ?? "");
  return least === undefined || !isWritten(least) || !isWritten(most)
    ? undefined
    : {
        why: "minAvailable and maxUnavailable exclude each other",
        at: keyOf(least),
        fix: editFix({
          title: "Keep maxUnavailable",
          safety: "safe",
          edits: removeKey(node.nearest("spec"), "minAvailable"),
        }),
      };
}

function isOurs(resource: Resource, { resources, topology }: Workspace): boolean {
  return resources.selectedBy(resource).some((workload) => topology.concerns(workload));
}
