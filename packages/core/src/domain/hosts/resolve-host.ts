import { namespacesAgree } from "../../kube/namespace.ts";
import { nearestNamesakes, type Viewpoint } from "../../kube/nearest.ts";
import { hasPlaceholder, integerFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Database } from "../model/database.ts";
import type { ServiceRole } from "../model/operator.ts";
import type { Pooler } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";
import { nameLabels, operatorServices } from "../operators/read-operators.ts";

/** What hosts are resolved against: one unit. */
export interface Landscape {
  readonly resources: ResourceIndex;
  readonly databases: readonly Database[];
  databasesIn(workload: Workload): readonly Database[];
  poolersOf(workload: Workload): readonly Pooler[];
  readonly operatorPoolers: readonly Pooler[];
}

const outside: Reach = { state: "outside" };
const unknownReach: Reach = { state: "unknown" };

interface Name {
  readonly pod: string | undefined;
  readonly service: string;
  readonly namespace: string | undefined;
  /** `.svc` was written: it can only mean this cluster. */
  readonly isExplicit: boolean;
}

/**
 * Where a host name leads, as the cluster's DNS would answer for a Pod of `from`.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function resolveHost(
  host: string,
  port: number | undefined,
  from: Resource,
  workload: Workload | undefined,
  landscape: Landscape,
): Reach {
  const name = host.trim().toLowerCase().replace(/\.$/, "");
  if (name === "" || hasPlaceholder(host) || /[$<{%]/.test(host)) return unknownReach;
  if (name === "localhost" || /^127\./.test(name) || name === "::1" || name.startsWith("/")) {
    return workload === undefined ? unknownReach : inSamePod(workload, port, landscape);
  }
  if (/^\d+(\.\d+){3}$/.test(name) || name.includes(":") || !/^[a-z0-9._-]+$/.test(name)) return outside;
  for (const candidate of readName(name, landscape, from)) {
    const reach = resolveName(candidate, port, from, landscape);
    if (reach !== undefined) return reach;
  }
  const isClusterName = !name.includes(".") || /\.svc(\.|$)/.test(name);
  return isClusterName ? unknownReach : outside;
}

function inSamePod(workload: Workload, port: number | undefined, landscape: Landscape): Reach {
  const poolers = landscape.poolersOf(workload);
  const pooler = poolers.find(
    (candidate) => port === undefined || candidate.settings.number("listen_port")?.value === port,
  );
  if (pooler !== undefined) return { state: "pooler", pooler, service: undefined };
  const database = landscape
    .databasesIn(workload)
    .find((candidate) => port === undefined || candidate.port.value === port);
  if (database !== undefined) return { state: "database", database, instance: undefined, service: undefined };
  return poolers.length > 0 ? unknownReach : outside;
}

/** The readings of a dotted name, most likely first. */
function readName(name: string, landscape: Landscape, from: Resource): readonly Name[] {
  const service = name.search(/\.svc(?:\..|$)/);
  const isExplicit = service > 0;
  const parts = (isExplicit ? name.slice(0, service) : name).split(".");
  const [first = "", second, third] = parts;
  if (parts.length === 1) return [{ pod: undefined, service: first, namespace: undefined, isExplicit }];
  if (parts.length === 2) {
    const asNamespace = { pod: undefined, service: first, namespace: second, isExplicit };
    if (isExplicit || !/-\d+$/.test(first)) return [asNamespace];
    const asPod = { pod: first, service: second ?? "", namespace: undefined, isExplicit };
    return landscape.resources.find("Service", second ?? "", from) !== undefined ||
      statefulSetOf(first, from, landscape, undefined) !== undefined
      ? [asPod]
      : [asNamespace];
  }
  if (parts.length === 3 && (isExplicit || statefulSetOf(first, from, landscape, third) !== undefined)) {
    return [{ pod: first, service: second ?? "", namespace: third, isExplicit }];
  }
  return [];
}

function statefulSetOf(
  pod: string,
  from: Resource,
  landscape: Landscape,
  namespace: string | undefined,
): Resource | undefined {
  const match = /^(.+)-\d+$/.exec(pod);
  return match === null ? undefined : landscape.resources.find("StatefulSet", match[1] ?? "", at(from, namespace));
}

/** The same file, in another namespace. */
function at(from: Viewpoint, namespace: string | undefined): Viewpoint {
  return namespace === undefined ? from : { document: from.document, namespace };
}

function resolveName(name: Name, port: number | undefined, from: Viewpoint, landscape: Landscape): Reach | undefined {
  const viewpoint = at(from, name.namespace);
  if (name.pod !== undefined) {
    const reach = resolvePod(name.pod, name.service, viewpoint, landscape);
    if (reach !== undefined) return reach;
  }
  const service = landscape.resources.find("Service", name.service, viewpoint);
  if (service !== undefined) return name.pod === undefined ? throughService(service, port, landscape) : unknownReach;
  const made = operatorReach(name.service, viewpoint, landscape);
  if (made !== undefined) return made;
  if (name.namespace === undefined && from.namespace !== undefined) {
    const elsewhere = landscape.resources
      .ofKind("Service")
      .find((candidate) => candidate.name === name.service && candidate.namespace !== undefined);
    if (elsewhere !== undefined) return { state: "nothing", because: "namespace", near: elsewhere };
  }
  return undefined;
}

function resolvePod(pod: string, serviceName: string, from: Viewpoint, landscape: Landscape): Reach | undefined {
  const match = /^(.+)-(\d+)$/.exec(pod);
  if (match === null) return undefined;
  const ordinal = Number(match[2]);
  const set = landscape.resources.find("StatefulSet", match[1] ?? "", from);
  const service = landscape.resources.find("Service", serviceName, from);
  if (set === undefined) {
    // Only where the Service's Pods are in view is it certain that none has this name.
    const selected = service === undefined ? [] : landscape.resources.selectedBy(service);
    const owner = selected.find((workload) => workload.resource.kind === "StatefulSet");
    return owner === undefined ? undefined : { state: "nothing", because: "statefulset", near: owner.resource };
  }
  if (set.isUnsettled) return unknownReach;
  const governing = set.node.string("spec", "serviceName");
  if (governing !== undefined && hasPlaceholder(governing)) return unknownReach;
  if (governing !== serviceName) return { state: "nothing", because: "governing", near: set };
  const replicas = integerFact(set.node, ["spec", "replicas"], 1);
  const start = integerFact(set.node, ["spec", "ordinals", "start"], 0);
  if (replicas.value === undefined || start.value === undefined) return unknownReach;
  const hasAutoscaler = landscape.resources.targeting("HorizontalPodAutoscaler", set).length > 0;
  if (!hasAutoscaler && (ordinal < start.value || ordinal >= start.value + replicas.value))
    return { state: "nothing", because: "ordinal", near: set };
  const address = service?.node.text("spec", "clusterIP") ?? "";
  if (service !== undefined && address !== "None" && !hasPlaceholder(address))
    return { state: "nothing", because: "not-headless", near: service };
  const workload = set.workload;
  const database = workload === undefined ? undefined : landscape.databasesIn(workload)[0];
  if (database !== undefined) return { state: "database", database, instance: ordinal, service };
  return workload === undefined ? unknownReach : { state: "workload", workload, service };
}

function throughService(service: Resource, port: number | undefined, landscape: Landscape): Reach {
  if (service.node.string("spec", "type") === "ExternalName") return outside;
  if (service.node.at("spec", "selector") === undefined) return outside;
  const workloads = nearestNamesakes(landscape.resources.selectedBy(service), service);
  const first = workloads[0];
  if (first === undefined) return operatorReachBySelector(service, landscape) ?? unknownReach;
  const target = targetPort(service, port);
  for (const workload of workloads) {
    const poolers = landscape.poolersOf(workload);
    const [database] = landscape.databasesIn(workload);
    const pooler = poolers.find(
      (candidate) => database === undefined || candidate.settings.number("listen_port")?.value === target,
    );
    if (pooler !== undefined) return { state: "pooler", pooler, service };
    if (database !== undefined) return { state: "database", database, instance: undefined, service };
  }
  return { state: "workload", workload: first, service };
}

function targetPort(service: Resource, port: number | undefined): number | undefined {
  const ports = service.node.at("spec", "ports")?.items() ?? [];
  const chosen =
    port === undefined && ports.length === 1 ? ports[0] : ports.find((item) => item.integer("port") === port);
  return chosen?.integer("targetPort") ?? chosen?.integer("port");
}

function operatorReach(serviceName: string, from: Viewpoint, landscape: Landscape): Reach | undefined {
  const pooler = landscape.operatorPoolers.find(
    (candidate) =>
      candidate.operated?.hasOwnService === true &&
      candidate.resource.name === serviceName &&
      namespacesAgree(candidate.resource, from),
  );
  if (pooler !== undefined) return { state: "pooler", pooler, service: undefined };
  const serving = landscape.databases.filter(
    (database) =>
      database.operator !== undefined &&
      namespacesAgree(database.resource, from) &&
      operatorServices(database).has(serviceName),
  );
  for (const database of nearestNamesakes(serving, from)) {
    const role = operatorServices(database).get(serviceName);
    if (role === undefined) continue;
    const own = landscape.operatorPoolers.find((candidate) => candidate.resource === database.resource);
    if (role === "pooler" && own !== undefined) return { state: "pooler", pooler: own, service: undefined };
    return { state: "database", database, instance: undefined, service: undefined, ...readersOf(role) };
  }
  return undefined;
}

function readersOf(role: ServiceRole): { readonly readers?: "standbys" | "any" } {
  return role === "replicas" ? { readers: "standbys" } : role === "any" ? { readers: "any" } : {};
}

/** The operator's database whose Pods a Service selects by the label that carries its name. */
export function operatedBehind(service: Resource, databases: readonly Database[]): Database | undefined {
  const names = nameLabels.map((label) => service.node.text("spec", "selector", label));
  return databases.find((candidate) => candidate.operator !== undefined && names.includes(candidate.resource.name));
}

/** Where a Service of the owner's own leads that selects an operator's Pods by the operator's label. */
function operatorReachBySelector(service: Resource, landscape: Landscape): Reach | undefined {
  const selector = service.node.at("spec", "selector")?.entries() ?? [];
  const database = operatedBehind(service, landscape.databases);
  if (database === undefined) return undefined;
  // The operator says each Pod's role in a label: `cnpg.io/instanceRole`, `spilo-role`, `postgres-operator.crunchydata.com/role`.
  const role = selector.find(([key]) => /role$/i.test(key))?.[1].text() ?? "";
  const leadsTo: ServiceRole = /^(?:replica|standby|secondary|slave)$/i.test(role)
    ? "replicas"
    : hasPlaceholder(role)
      ? "any"
      : "primary";
  return { state: "database", database, instance: undefined, service, ...readersOf(leadsTo) };
}
