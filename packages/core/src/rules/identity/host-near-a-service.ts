import { shortName } from "../../domain/model/names.ts";
import type { HostReference } from "../../domain/model/reach.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import type { Engine } from "../../facts/engines.ts";
import { configurationReferences } from "../../kube/configuration-references.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";
import { oncePer } from "../../text/once.ts";
import { fileName } from "../../text/scan.ts";

export default defineRule({
  id: "host-near-a-service",
  subject: "host",
  meta: {
    summary: "A host name is nearly that of a database's Service, and no Service has it.",
    rationale:
      "A letter too many, a release name written twice, a `namePrefix` of kustomize that reaches names but not values: the client gets `could not translate host name`.",
    remedy: "Use the name of the Service that the message gives.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["Service"],
    references: [
      "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
      "https://github.com/kubernetes-sigs/kustomize/issues/3380",
    ],
    quietWhen:
      "a Service of that name is anywhere in view, an operator may make one, names differ in digits only, a workload has the name and only its Service is missing, or nothing but the beginning of the names agrees.",
  },
  check(host, { workspace, report }) {
    const renamed = renamedTarget(host, workspace);
    if (renamed !== undefined) {
      const { object, made } = renamed;
      report({
        message: `Nothing is called ${object.name} when ${fileName(workspace.unit.name)} is applied: kustomize names that ${object.kind} ${made}, and does not rewrite this value.`,
        at: host,
        subject: host.writtenBy,
        severity: "error",
        remedy: `Write ${host.host.replace(object.name, made)} in the overlay, or give the object its final name and drop the prefix.`,
        related: [{ message: `${object.kind} ${object.name}`, at: object.node.nearest("metadata", "name") }],
      });
      return;
    }
    if (host.reaches.state !== "unknown" || hasPlaceholder(host.host)) return;
    const [name = "", namespace] = host.host.toLowerCase().split(".");
    if (!/^[a-z][a-z0-9-]+$/.test(name)) return;
    const services = serving(workspace).flatMap(({ service, engines }) =>
      (namespace === undefined || namespace === service.namespace) &&
      namespacesAgree(service, host.writtenBy) &&
      engines.some((engine) => speaks(host, engine))
        ? [service]
        : [],
    );
    if (services.length === 0 || isMade(name, workspace)) return;
    const near = services.filter((service) => isLike(name, service.name));
    const found =
      ofServer(name, services, host, workspace) ??
      misspelled(name, near) ??
      prefixed(name, near, workspace) ??
      ofSameSecret(name, near, host, workspace);
    if (found === undefined) return;
    const { service, why, isCertain } = found;
    report({
      message: `No Service in view is called ${name}: ${why} Service ${shortName(service)}.`,
      at: host,
      subject: host.writtenBy,
      ...(isCertain === true ? { severity: "error" as const } : {}),
      related: [{ message: `Service ${shortName(service)}`, at: service.node.nearest("metadata", "name") }],
    });
  },
});

/** The Service, or the operator's resource, to which a name leads that it has only until a kustomization adds a prefix or suffix. */
function renamedTarget(
  host: HostReference,
  { unit, everything }: Workspace,
): { readonly object: Resource; readonly made: string } | undefined {
  const { reaches, writtenBy } = host;
  if (unit.nameMade === undefined || hasPlaceholder(host.host)) return undefined;
  if (reaches.state !== "database" && reaches.state !== "pooler" && reaches.state !== "workload") return undefined;
  const owner =
    reaches.state === "database" && reaches.database.operator !== undefined ? reaches.database.resource : undefined;
  const object = reaches.service ?? owner;
  if (object === undefined) return undefined;
  const labels = host.host.toLowerCase().split(".");
  const isNamed =
    object === owner ? labels[0]?.startsWith(object.name) === true : labels.slice(0, 2).includes(object.name);
  const made = unit.nameMade(object.document.file.uri, object.name);
  if (!isNamed || made === object.name) return undefined;
  // What others apply may have the name.
  const isElsewhere = everything.resources
    .ofKind("Service")
    .some(
      (other) =>
        other.name === labels[0] && other.document.file !== object.document.file && namespacesAgree(other, writtenBy),
    );
  return isElsewhere ? undefined : { object, made };
}

interface Meant {
  readonly service: Resource;
  readonly why: string;
  readonly isCertain?: boolean;
}

/** Whether one of the two names may have been written for the other. */
function isLike(name: string, other: string): boolean {
  return (
    other.endsWith(`-${name}`) ||
    other.startsWith(`${name}-`) ||
    name.startsWith(`${other}-`) ||
    closest(name, [other], 1) !== undefined
  );
}

/** A Service of the name is in view, an operator may make it, or something of that name may be filled in later. */
function isMade(name: string, { everything }: Workspace): boolean {
  const { services, operated, isOpen } = madeIn(everything);
  return isOpen || services.has(name) || operated.some((each) => name.startsWith(each));
}

/** Names of Services, and of operators' objects, with which the names of theirs begin. `isOpen`: one may be any, it is filled in later. */
const madeIn = oncePer(({ resources, topologies }: Workspace["everything"]) => {
  const services = resources.ofKind("Service").map((service) => service.name);
  const operated = topologies.flatMap(({ databases, poolers }) =>
    [...databases, ...poolers].flatMap(({ workload, resource }) => (workload === undefined ? [resource.name] : [])),
  );
  return { services: new Set(services), operated, isOpen: [...services, ...operated].some(hasPlaceholder) };
});

/** The Services of a unit that lead to a database or a pooler, with what answers there. */
const serving = oncePer(({ resources, topology }: Workspace) => {
  const pooled = new Set(topology.poolers.flatMap(({ workload, isSidecar }) => (isSidecar ? [] : workload)));
  const engineOf = (workload: Workload): Engine | undefined =>
    topology.databaseOf(workload)?.engine ?? (pooled.has(workload) ? "postgresql" : undefined);
  return resources.ofKind("Service").flatMap((service) => {
    if (service.isUnsettled || hasPlaceholder(service.name)) return [];
    const engines = resources.selectedBy(service).flatMap((workload) => engineOf(workload) ?? []);
    return engines.length === 0 ? [] : [{ service, engines }];
  });
});

const protocols: Readonly<Record<string, RegExp>> = {
  postgresql: /^postgresql$/,
  mysql: /^(mysql|mariadb)$/,
  mongodb: /^mongodb$/,
  redis: /^(redis|valkey)$/,
};

function speaks({ protocol }: HostReference, engine: Engine): boolean {
  return protocol === undefined || protocols[protocol]?.test(engine) === true;
}

function misspelled(name: string, services: readonly Resource[]): Meant | undefined {
  const meant = closest(
    name,
    services.map((service) => service.name),
    1,
  );
  const service = services.find((each) => each.name === meant);
  // `db-1` and `db-2` are two servers.
  if (service === undefined || withoutDigits(service.name) === withoutDigits(name)) return undefined;
  return { service, why: "it is one letter from" };
}

const withoutDigits = (name: string): string => name.replaceAll(/\d/g, "");

/** In a rendered set the only Service whose name ends so has got a prefix. */
function prefixed(name: string, services: readonly Resource[], { unit }: Workspace): Meant | undefined {
  if (unit.kind !== "kustomization" && unit.kind !== "stdin") return undefined;
  const longer = services.filter((service) => service.name.endsWith(`-${name}`));
  const [service] = longer;
  if (service === undefined || longer.length > 1) return undefined;
  return { service, why: "with the prefix that the other names have it is", isCertain: unit.kind === "kustomization" };
}

/** It is the name of a server, which DNS does not know, and not that of the Service in front of it. */
function ofServer(
  name: string,
  services: readonly Resource[],
  { writtenBy }: HostReference,
  { resources }: Workspace,
): Meant | undefined {
  const server = serverCalled(name, writtenBy, resources);
  if (server === undefined) return undefined;
  const service = services.find((each) => resources.selectedBy(each).some(({ resource }) => resource === server));
  return service === undefined
    ? undefined
    : { service, why: `${server.kind} ${shortName(server)} is reached through`, isCertain: true };
}

function serverCalled(name: string, client: Resource, resources: ResourceIndex): Resource | undefined {
  return servers.map((kind) => resources.find(kind, name, client)).find((each) => each !== undefined);
}

/** One name begins with the other, and client and server have a Secret in common. */
function ofSameSecret(
  name: string,
  services: readonly Resource[],
  { writtenBy }: HostReference,
  { resources }: Workspace,
): Meant | undefined {
  // A server of that very name lacks a Service of its own: no other one is meant.
  if (serverCalled(name, writtenBy, resources) !== undefined) return undefined;
  const own = secretsOf(writtenBy.workload);
  const service = services.find(
    (each) =>
      (name.startsWith(`${each.name}-`) || each.name.startsWith(`${name}-`)) &&
      resources.selectedBy(each).some((workload) => [...secretsOf(workload)].some((secret) => own.has(secret))),
  );
  return service === undefined ? undefined : { service, why: "the Secret that it goes with is that of" };
}

const servers = ["StatefulSet", "Deployment"] as const;

function secretsOf(workload: Workload | undefined): ReadonlySet<string> {
  const references = (workload?.containers ?? []).flatMap(configurationReferences);
  return new Set(references.flatMap(({ kind, node }) => (kind === "Secret" ? (node.text("name") ?? []) : [])));
}
