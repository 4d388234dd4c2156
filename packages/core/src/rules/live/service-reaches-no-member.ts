import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "service-reaches-no-member",
  subject: "live",
  kinds: ["Service"],
  meta: {
    summary: "A Service of a database has no ready endpoint.",
    rationale: 'Clients get "connection refused" or time out: no Pod that the Service selects is ready.',
    remedy:
      "See why the Pods are not ready (`kubectl describe pod`): a probe, a claim, an image, or no node that fits.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/"],
    quietWhen: "the database is scaled to zero, or EndpointSlices may not be listed.",
  },
  check(service, { workspace, report }) {
    const { live, resources, topology } = workspace;
    const selector = service.node.at("spec", "selector");
    if (live === undefined || selector === undefined) return;
    const database = resources.selectedBy(service).flatMap((workload) => topology.databaseOf(workload) ?? [])[0];
    if (database?.workload === undefined || database.instances.value === 0) return;
    const slices = live
      .ofKind("EndpointSlice")
      .filter(
        ({ namespace, labels }) =>
          namespace === service.namespace && labels["kubernetes.io/service-name"] === service.name,
      );
    // Before the controller has looked at the Service, nothing is known.
    if (slices.length === 0) return;
    const endpoints = slices.flatMap(({ node }) => node.at("endpoints")?.items() ?? []);
    if (endpoints.some((endpoint) => endpoint.boolean("conditions", "ready") !== false)) return;
    report({
      message: `${nameOf(service)} reaches nobody: ${
        endpoints.length === 0
          ? `no Pod of ${nameOf(database.resource)} carries its labels and has an address`
          : endpoints.length === 1
            ? "the Pod it selects is not ready"
            : `none of the ${endpoints.length} Pods it selects is ready`
      }.`,
      at: selector,
    });
  },
});
