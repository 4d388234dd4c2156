import type { Client } from "../../domain/model/client.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Topology } from "../../domain/model/topology.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { namespacesAgree, namespacesAgreeAsWritten } from "../../kube/namespace.ts";
import {
  isKubernetesPolicy,
  isolates,
  isSpecific,
  mayAdmit,
  mayAdmitMore,
  mayLetOut,
  mayReach,
} from "../../kube/network-policy.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Labels } from "../../kube/selector.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule, type Report } from "../../rule/rule.ts";
import { firstListed, listed } from "../../text/listed.ts";

export default defineRule({
  id: "network-policy-shuts-out",
  subject: "database",
  meta: {
    summary: "Network policies keep a client or the operator away from the database.",
    rationale:
      "As soon as one policy selects a Pod, only what some policy allows gets through: connections time out silently. CloudNativePG's operator asks each instance at port 8000, the instances replicate at 5432, and each asks the Kubernetes API who is primary: without these a Cluster never becomes ready.",
    remedy:
      "Add an ingress rule for the Pods and the port that the message names, or an egress rule where it is the client that is not let out; for CloudNativePG also from the operator's namespace to port 8000, among the instances, and egress to the API server.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["NetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy"],
    reportsAt: ["NetworkPolicy"],
    references: [
      "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
      "https://cloudnative-pg.io/documentation/current/security/#network-policies",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/1191",
    ],
    quietWhen:
      "no policy in view isolates the server or its client, an address range or a namespace's labels may cover the other side, a policy of Cilium or Calico may select the Pods, labels are filled in later, or the client has the host from a ConfigMap that another workload takes whole too, which gets through.",
  },
  check(database, { workspace, report }) {
    const labels = labelsOf(database);
    if (labels === undefined) return;
    const into = notLetIn(database, labels, workspace);
    if (into !== undefined) report(into);
    for (const out of notLetOut(database, labels, workspace)) report(out);
  },
});

/** The policies that isolate Pods and those that may let something through; undefined: one is in view that nothing is certain beside. */
function policiesFor(
  labels: Labels,
  from: Resource,
  direction: "Ingress" | "Egress",
  { everything, resources }: Workspace,
) {
  const near = (policy: Resource): boolean => namespacesAgree(policy, from);
  const all = everything.resources.ofKind("NetworkPolicy").filter(near);
  const foreign = [
    ...all.filter((policy) => !isKubernetesPolicy(policy)),
    ...everything.resources.ofKind("CiliumNetworkPolicy").filter(near),
    ...everything.resources.ofKind("CiliumClusterwideNetworkPolicy"),
    ...everything.resources.ofKind("GlobalNetworkPolicy"),
  ];
  if (all.some(({ isUnsettled }) => isUnsettled) || foreign.some((policy) => mayAdmitMore(policy, labels)))
    return undefined;
  const isolating = resources
    .ofKind("NetworkPolicy")
    .filter((policy) => isKubernetesPolicy(policy) && namespacesAgreeAsWritten(policy, from))
    .filter((policy) => isolates(policy, labels, direction));
  return { isolating, all: all.filter(isKubernetesPolicy) };
}

/** Clients, the operator and the members themselves that the server's policies keep away. */
function notLetIn(database: Database, labels: Labels, workspace: Workspace): Report | undefined {
  const { resource, operator } = database;
  const inward = policiesFor(labels, resource, "Ingress", workspace);
  const outward = policiesFor(labels, resource, "Egress", workspace);
  if (inward === undefined || outward === undefined) return undefined;
  const isCnpg = operator?.name === "cloudnative-pg";
  const missing = [
    ...(inward.isolating.length === 0
      ? []
      : isCnpg
        ? missingOfCnpg(database, labels, inward.all)
        : missingClients(database, labels, inward.all, workspace.topology)),
    ...(isCnpg && outward.isolating.length > 0 && !outward.all.some((policy) => mayLetOut(policy, labels))
      ? ["its Pods to the Kubernetes API"]
      : []),
  ];
  const policy = inward.isolating.find(isSpecific) ?? inward.isolating[0] ?? outward.isolating[0];
  if (policy === undefined || missing.length === 0) return undefined;
  return {
    message: isCnpg
      ? `${nameOf(resource)} never becomes ready: ${nameOf(policy)} isolates its Pods, and no policy in view admits ${firstOf(missing)}.`
      : `${nameOf(policy)} isolates ${nameOf(resource)}, and no policy in view admits ${firstOf(missing)} to port ${database.port.value}: connections time out.`,
    at: policy.node.nearest("metadata", "name"),
    subject: policy,
    // Whoever wrote rules for this server wrote the whole set; a general one may have company elsewhere.
    ...(inward.isolating.some(isSpecific) ? {} : { severity: "warning" as const }),
    related: [{ message: nameOf(resource), at: resource.node.nearest("metadata", "name") }],
  };
}

function firstOf(missing: readonly string[]): string {
  return listed(missing.length > 3 ? [...missing.slice(0, 3), `${missing.length - 3} more`] : missing, "or");
}

/** Clients that their own policies do not let out to the server. */
function notLetOut(database: Database, labels: Labels, workspace: Workspace): readonly Report[] {
  const { resource } = database;
  const port = database.port.value;
  if (port === undefined) return [];
  /** Clients by the policy that keeps them in: a general one keeps in many. */
  const kept = new Map<Resource, Resource[]>();
  const server = { labels, namespace: resource.namespace };
  /** The policy that keeps a client in; `let-out`: policies isolate it, and one lets it through; undefined: none isolates it. */
  const outwardOf = (workload: Workload, ports: readonly number[]): Resource | "let-out" | undefined => {
    const outward = policiesFor(workload.podLabels, workload.resource, "Egress", workspace);
    const policy = outward?.isolating.find(isSpecific) ?? outward?.isolating[0];
    if (outward === undefined || policy === undefined) return undefined;
    const isLetOut = outward.all.some((each) => ports.some((to) => mayReach(each, workload.podLabels, server, to)));
    return isLetOut ? "let-out" : policy;
  };
  const reported = new Set<Workload>([...(database.workload === undefined ? [] : [database.workload])]);
  for (const client of workspace.topology.clients) {
    const { container, host } = client;
    const { workload } = container;
    if (host.reaches.state !== "database" || host.reaches.database !== database) continue;
    if (reported.has(workload) || workload.resource.isUnsettled) continue;
    reported.add(workload);
    // A plugin may look at the port of the Service or at that of the Pod.
    const ports = [port, ...(host.port === undefined ? [] : [host.port])];
    const policy = outwardOf(workload, ports);
    if (policy === undefined || policy === "let-out") continue;
    if (isTakenAlong(client, workspace.topology, (other) => outwardOf(other, ports) === "let-out")) continue;
    const among = kept.get(policy);
    if (among === undefined) kept.set(policy, [workload.resource]);
    else among.push(workload.resource);
  }
  return [...kept].map(([policy, clients]) => ({
    message: `${nameOf(policy)} isolates ${firstListed(clients.map(nameOf), 2)}, and no policy in view lets ${clients.length === 1 ? "it" : "them"} out to ${nameOf(resource)} at port ${port}: connections time out.`,
    at: policy.node.nearest("metadata", "name"),
    subject: policy,
    ...(isSpecific(policy) ? {} : { severity: "warning" as const }),
    related: [...clients, resource].map((each) => ({
      message: nameOf(each),
      at: each.node.nearest("metadata", "name"),
    })),
  }));
}

/**
 * Whether the host comes with a whole ConfigMap or Secret that another workload takes as well, which gets through: then it is that one's,
 * and nothing says that this one connects.
 */
function isTakenAlong(
  { container, host }: Client,
  { clients }: Topology,
  getsThrough: (workload: Workload) => boolean,
): boolean {
  const [holder, key] = host.yamlPath;
  if (host.file === container.node.file && (holder === "spec" || holder === "metadata")) return false;
  if (holder !== "data" && holder !== "stringData") return false;
  const isAskedFor = container.node
    .at("env")
    ?.items()
    .some((item) =>
      ["configMapKeyRef", "secretKeyRef"].some((field) => item.text("valueFrom", field, "key") === String(key)),
    );
  if (isAskedFor === true) return false;
  return clients.some(
    (other) =>
      other.container.workload !== container.workload &&
      other.host.file === host.file &&
      other.host.span.start === host.span.start &&
      getsThrough(other.container.workload),
  );
}

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
  const isAdmitted = ({ podLabels, resource }: Workload): boolean =>
    policies.some((policy) => mayAdmit(policy, labels, { labels: podLabels, namespace: resource.namespace }, port));
  for (const client of topology.clients) {
    const { container, host } = client;
    if (host.reaches.state !== "database" || host.reaches.database !== database) continue;
    if (!isTakenAlong(client, topology, isAdmitted))
      clients.set(container.workload, nameOf(container.workload.resource));
  }
  for (const { container, routes } of topology.poolers)
    if (
      container !== undefined &&
      routes.some(({ reaches }) => reaches.state === "database" && reaches.database === database)
    )
      clients.set(container.workload, nameOf(container.workload.resource));
  return (
    [...clients]
      .filter(([workload]) => workload !== database.workload && !workload.resource.isUnsettled)
      .filter(([workload]) => !isAdmitted(workload))
      // What runs for good, or again and again, before what runs once.
      .sort(([a], [b]) => Number(a.resource.kind === "Job") - Number(b.resource.kind === "Job"))
      .map(([, name]) => name)
  );
}
