import { isReadKind, type Kind } from "../../facts/kinds.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Place, YamlNode } from "../../yaml/node.ts";
import type { Reach } from "../model/reach.ts";
import type { Workspace } from "../model/workspace.ts";
import { scalarsOf } from "./scalars.ts";

/** A place that names an object, and what it names. */
export interface Link {
  readonly from: Place;
  /** What it leads to, the nearest first: a host to its Service, then to the database behind it. */
  readonly to: readonly Target[];
}

export interface Target {
  readonly resource: Resource;
  /** Where its name is written; for a key of a ConfigMap or Secret, the key. */
  readonly at: Place;
}

/** Every name in a unit that leads to an object in view. */
export function linksIn(workspace: Workspace): readonly Link[] {
  return [...workspace.resources].flatMap((resource) => linksFrom(resource, workspace));
}

/** The names that one object writes. */
export function linksFrom(resource: Resource, { resources, topology }: Workspace): readonly Link[] {
  const links: Link[] = [];
  const add = (from: Place | undefined, targets: readonly (Target | undefined)[]): void => {
    const to = targets.flatMap((target) => target ?? []);
    if (from !== undefined && to.length > 0) links.push({ from, to });
  };
  const named = (kind: Kind, name: YamlNode | undefined): Target | undefined => {
    const text = name?.text();
    const found = text === undefined ? undefined : resources.find(kind, text, resource);
    return found && targetOf(found);
  };
  for (const host of topology.hosts) if (host.writtenBy === resource) add(host, targetsOf(host.reaches));
  for (const pooler of topology.poolers)
    if (pooler.resource === resource) for (const { host, reaches } of pooler.routes) add(host?.at, targetsOf(reaches));
  for (const backup of topology.backups)
    if (backup.resource === resource && backup.target !== undefined)
      add(
        backup.target.at,
        backup.databases.map((database) => targetOf(database.resource)),
      );
  const selector = resource.kind === "Service" ? resource.node.at("spec", "selector") : undefined;
  if (selector !== undefined)
    for (const [, value] of selector.entries())
      add(
        value,
        resources.selectedBy(resource).map((workload) => targetOf(workload.resource)),
      );
  for (const { node, parent } of scalarsOf(resource.node)) {
    const key = String(node.yamlPath.at(-1) ?? "");
    const holder = String(node.yamlPath.at(-2) ?? "");
    const kind = kindNamedBy(key, holder, node, parent, resource);
    if (kind !== undefined) add(node, [named(kind, node)]);
    else if (key === "key") {
      const owner = ownerOfKey(holder, node, parent, resource);
      const holding = owner && named(owner.kind, owner.name);
      add(node, [holding && keyIn(holding.resource, node)]);
    } else if (key === "name" && isMount(node)) add(node, [volumeOf(resource, node)]);
  }
  return links;
}

/** Where an object says its name. */
export function targetOf(resource: Resource): Target {
  return { resource, at: resource.node.nearest("metadata", "name") };
}

/** Fields that name an object of one kind, whatever holds them. */
const byKey: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["claimName", "PersistentVolumeClaim"],
  ["persistentVolumeClaimName", "PersistentVolumeClaim"],
  ["storageClassName", "StorageClass"],
  ["serviceName", "Service"],
  ["secretName", "Secret"],
  ["barmanObjectName", "ObjectStore"],
  ["volumeSnapshotClassName", "VolumeSnapshotClass"],
]);

/** Maps whose `name` is that of an object of one kind. */
const byHolder: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["configMapKeyRef", "ConfigMap"],
  ["configMapRef", "ConfigMap"],
  ["configMap", "ConfigMap"],
  ["secretKeyRef", "Secret"],
  ["secretRef", "Secret"],
  ["secret", "Secret"],
  ["superuserSecret", "Secret"],
  ["cluster", "Cluster"],
]);

function kindNamedBy(
  key: string,
  holder: string,
  node: YamlNode,
  parent: YamlNode | undefined,
  resource: Resource,
): Kind | undefined {
  if (key !== "name") return key === "serviceName" && resource.kind !== "StatefulSet" ? undefined : byKey.get(key);
  if (/^(?:scaleTargetRef|targetRef)$/.test(holder)) {
    const kindOfTarget = parent?.string("kind") ?? "";
    return isReadKind(kindOfTarget) ? (kindOfTarget as Kind) : undefined;
  }
  if (node.yamlPath[0] === "metadata") return undefined;
  return byHolder.get(holder) ?? (parent?.at("key") === undefined ? undefined : selectedKind(holder, node, resource));
}

/** What `{ name, key }` in an operator's resource names: a Secret, unless the field says ConfigMap. */
function selectedKind(holder: string, { yamlPath }: YamlNode, { apiVersion }: Resource): Kind | undefined {
  const [group = "", version] = apiVersion.split("/");
  if (version === undefined || !group.includes(".") || group.endsWith(".k8s.io")) return undefined;
  // A list holds its maps by number: the field is one further up.
  const field = /^\d+$/.test(holder) ? String(yamlPath.at(-3)) : holder;
  return /config_?map/i.test(field) ? "ConfigMap" : "Secret";
}

/** The object that has a key, by the field that names it: beside the key, or above the `items` of a volume. */
function ownerOfKey(
  holder: string,
  node: YamlNode,
  parent: YamlNode | undefined,
  resource: Resource,
): { readonly kind: Kind; readonly name: YamlNode | undefined } | undefined {
  const { yamlPath } = node;
  if (yamlPath.at(-3) === "items") {
    const volume = resource.node.at(...yamlPath.slice(0, -3));
    const isSecret = yamlPath.at(-4) === "secret";
    if (!isSecret && yamlPath.at(-4) !== "configMap") return undefined;
    return { kind: isSecret ? "Secret" : "ConfigMap", name: volume?.at("secretName") ?? volume?.at("name") };
  }
  const name = parent?.at("name");
  const kind = byHolder.get(holder) ?? (name === undefined ? undefined : selectedKind(holder, name, resource));
  return kind === undefined ? undefined : { kind, name };
}

function isMount({ yamlPath }: YamlNode): boolean {
  return yamlPath.at(-3) === "volumeMounts" || yamlPath.at(-3) === "volumeDevices";
}

/** The volume of the Pod, or the claim template, that a mount names. */
function volumeOf(resource: Resource, mount: YamlNode): Target | undefined {
  const volume = resource.workload?.volumes.find(({ name }) => name === mount.text());
  return (
    volume && {
      resource,
      at: volume.node.nearest(...(volume.source === "claim-template" ? ["metadata", "name"] : ["name"])),
    }
  );
}

/** A key of a ConfigMap or Secret. */
function keyIn(resource: Resource, key: YamlNode): Target | undefined {
  const text = key.text();
  for (const holder of ["data", "stringData", "binaryData"]) {
    const value = text === undefined ? undefined : resource.node.at(holder, text);
    if (value !== undefined)
      return { resource, at: { file: value.file, span: value.keySpan, yamlPath: value.yamlPath } };
  }
  return undefined;
}

function targetsOf(reach: Reach): readonly Target[] {
  switch (reach.state) {
    case "database":
      return both(reach.service, reach.database.resource);
    case "pooler":
      return both(reach.service, reach.pooler.resource);
    case "workload":
      return both(reach.service, reach.workload.resource);
    default:
      return [];
  }
}

function both(service: Resource | undefined, behind: Resource): readonly Target[] {
  return service === undefined || service === behind ? [targetOf(behind)] : [targetOf(service), targetOf(behind)];
}
