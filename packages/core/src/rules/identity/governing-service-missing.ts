import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "governing-service-missing",
  subject: "database",
  meta: {
    summary: "The Service that a database's StatefulSet names in serviceName is not in view.",
    rationale:
      "Without the governing Service no `<pod>.<service>` name resolves: replicas, backups and clients that use such a name find nothing.",
    remedy: "Add a headless Service (`clusterIP: None`) of that name whose selector matches the Pods.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["Service"],
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations"],
    quietWhen:
      "the StatefulSet is patched by a kustomization, or no Service at all is in view next to it (then only in `all`).",
  },
  check({ resource }, { workspace, report }) {
    if (resource.kind !== "StatefulSet") return;
    const node = resource.node.at("spec", "serviceName");
    const name = node?.string();
    if (node === undefined || name === undefined || name === "" || /[$<{]/.test(name)) return;
    const { everything, topology } = workspace;
    if (everything.resources.find("Service", name, resource) !== undefined) return;
    // Services that live in another repository are the rule in a folder that holds none.
    const mayLiveElsewhere = everything.resources.ofKind("Service").length === 0;
    const usesPodNames = topology.hosts.some(
      (host) => host.host.includes(`.${name}`) && host.host.startsWith(`${resource.name}-`),
    );
    const client = topology.hosts.find(
      ({ host, writtenBy }) =>
        (host === name || host.startsWith(`${name}.`)) &&
        namespacesAgree(writtenBy, resource) &&
        writtenBy !== resource,
    );
    const isSingle = integerFact(resource.node, ["spec", "replicas"], 1).value === 1;
    report({
      message:
        client === undefined || usesPodNames
          ? `No Service ${name} is in view: the Pods of ${nameOf(resource)} get no DNS name (${resource.name}-0.${name} does not resolve).`
          : `No Service ${name} is in view: ${nameOf(client.writtenBy)} looks for ${nameOf(resource)} at ${client.host}, which does not resolve.`,
      at: node,
      ...(client === undefined || usesPodNames
        ? {}
        : { related: [{ message: `${nameOf(client.writtenBy)} connects here`, at: client }] }),
      ...(usesPodNames
        ? { severity: "error" }
        : mayLiveElsewhere
          ? { severity: "info", presets: [] }
          : isSingle && client === undefined
            ? { severity: "info" }
            : {}),
    });
  },
});
