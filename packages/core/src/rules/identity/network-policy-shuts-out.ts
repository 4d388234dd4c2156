import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Topology } from "../../domain/model/topology.ts";
import { namespacesAgree, namespacesAgreeAsWritten } from "../../kube/namespace.ts";
import { isolates, isSpecific, mayAdmit, mayLetOut } from "../../kube/network-policy.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Labels } from "../../kube/selector.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { listed } from "../../text/listed.ts";

export default defineRule({
  id: "network-policy-shuts-out",
  subject: "database",
  meta: {
    summary: "Network policies admit neither a client of the database nor its operator.",
    rationale:
      "As soon as one policy selects a Pod, only what some policy allows gets through: connections time out silently. CloudNativePG's operator asks each instance at port 8000, the instances replicate at 5432, and each asks the Kubernetes API who is primary: without these a Cluster never becomes ready.",
    remedy:
      "Add an ingress rule for the Pods and the port that the message names; for CloudNativePG also from the operator's namespace to port 8000, among the instances, and egress to the API server.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
      "https://cloudnative-pg.io/documentation/current/security/#network-policies",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/1191",
    ],
    quietWhen:
      "no policy in view isolates the server, an address range or a namespace's labels may cover the client, or labels are filled in later.",
  },
  check(database, { workspace, report }) {
    const { resource, operator } = database;
    const labels = labelsOf(database);
    if (labels === undefined) return;
    const near = (policy: Resource): boolean => namespacesAgree(policy, resource);
    const policies = workspace.everything.resources.ofKind("NetworkPolicy").filter(near);
    if (policies.some(({ isUnsettled }) => isUnsettled)) return;
    const own = workspace.resources
      .ofKind("NetworkPolicy")
      .filter((policy) => namespacesAgreeAsWritten(policy, resource));
    const inward = own.filter((policy) => isolates(policy, labels, "Ingress"));
    const outward = own.filter((policy) => isolates(policy, labels, "Egress"));
    const missing = [
      ...(inward.length === 0
        ? []
        : operator?.name === "cloudnative-pg"
          ? missingOfCnpg(database, labels, policies)
          : missingClients(database, labels, policies, workspace.topology)),
      ...(operator?.name === "cloudnative-pg" &&
      outward.length > 0 &&
      !policies.some((policy) => mayLetOut(policy, labels))
        ? ["its Pods to the Kubernetes API"]
        : []),
    ];
    const policy = inward.find(isSpecific) ?? inward[0] ?? outward[0];
    if (policy === undefined || missing.length === 0) return;
    const list = listed(missing.length > 3 ? [...missing.slice(0, 3), `${missing.length - 3} more`] : missing, "or");
    report({
      message:
        operator?.name === "cloudnative-pg"
          ? `${nameOf(resource)} never becomes ready: ${nameOf(policy)} isolates its Pods, and no policy in view admits ${list}.`
          : `${nameOf(policy)} isolates ${nameOf(resource)}, and no policy in view admits ${list} to port ${database.port.value}: connections time out.`,
      at: policy.node.nearest("metadata", "name"),
      subject: policy,
      // Whoever wrote rules for this server wrote the whole set; a general one may have company elsewhere.
      ...(inward.some(isSpecific) ? {} : { severity: "warning" as const }),
      related: [{ message: nameOf(resource), at: resource.node.nearest("metadata", "name") }],
    });
  },
});

/** The labels of the server's Pods as far as they are known; undefined: they are not. */
function labelsOf({ operator, resource, workload }: Database): Labels | undefined {
  if (workload !== undefined) return workload.podLabels;
  if (operator?.name !== "cloudnative-pg" || resource.node.at("spec", "inheritedMetadata") !== undefined)
    return undefined;
  return { "cnpg.io/cluster": resource.name, "cnpg.io/podRole": "instance" };
}

function missingOfCnpg({ instances, resource }: Database, labels: Labels, policies: readonly Resource[]): string[] {
  // Where the operator runs is not known: any namespace may be its own.
  const operator = { labels: { "app.kubernetes.io/name": "cloudnative-pg" }, namespace: undefined };
  const peers = { labels, namespace: resource.namespace };
  const admits = (from: Parameters<typeof mayAdmit>[2], port: number): boolean =>
    policies.some((policy) => mayAdmit(policy, labels, from, port));
  return [
    ...(admits(operator, 8000) ? [] : ["the operator to port 8000"]),
    ...((instances.value ?? 1) < 2 || admits(peers, 5432) ? [] : ["the instances to each other's port 5432"]),
  ];
}

function missingClients(
  database: Database,
  labels: Labels,
  policies: readonly Resource[],
  topology: Topology,
): readonly string[] {
  const port = database.port.value;
  if (port === undefined) return [];
  const clients = new Map<Workload, string>();
  for (const { container, host } of topology.clients)
    if (host.reaches.state === "database" && host.reaches.database === database)
      clients.set(container.workload, nameOf(container.workload.resource));
  for (const { container, routes } of topology.poolers)
    if (
      container !== undefined &&
      routes.some(({ reaches }) => reaches.state === "database" && reaches.database === database)
    )
      clients.set(container.workload, nameOf(container.workload.resource));
  return (
    [...clients]
      .filter(([workload]) => workload !== database.workload && !workload.resource.isUnsettled)
      .filter(
        ([{ podLabels, resource }]) =>
          !policies.some((policy) =>
            mayAdmit(policy, labels, { labels: podLabels, namespace: resource.namespace }, port),
          ),
      )
      // What runs for good, or again and again, before what runs once.
      .sort(([a], [b]) => Number(a.resource.kind === "Job") - Number(b.resource.kind === "Job"))
      .map(([, name]) => name)
  );
}
