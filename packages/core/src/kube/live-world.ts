import type { Kind } from "../facts/kinds.ts";
import { groupBy } from "../text/group-by.ts";
import type { Resource } from "./resource.ts";

/** All objects of a cluster, and which of them others made. */
export interface LiveWorld {
  /** When it was read, an ISO time. */
  readonly readAt: string;
  /** What people wrote: the others are what controllers and operators made of it. */
  readonly written: readonly Resource[];
  ofKind(kind: Kind): readonly Resource[];
  find(kind: Kind, name: string, namespace: string | undefined): Resource | undefined;
  /** The objects that it names as its owners, as far as they are in view. */
  ownersOf(resource: Resource): readonly Resource[];
  /** The objects that name it as an owner. */
  ownedBy(owner: Resource): readonly Resource[];
  /**
   * The objects that take it along when they are deleted, known for sure: all its owners are in view, by their uids, as the garbage
   * collector compares them. Another object of the same name takes nothing along, and neither does one owner of several alone.
   */
  collectedWith(resource: Resource): readonly Resource[];
  /** Who made it of whom: the owner of its owner, as far as that is in view. */
  rootOf(resource: Resource): Resource;
  /** The Pods that were made of it, through whatever is in between; of a Pod itself. */
  podsOf(resource: Resource): readonly Resource[];
  /** The StatefulSet and template that made a claim, and for which Pod; undefined: its name fits none in view. */
  templateOf(claim: Resource): ClaimTemplate | undefined;
}

interface ClaimTemplate {
  readonly set: Resource;
  readonly template: string;
  readonly ordinal: number;
}

/** Whether an object was read from a cluster: it has the server's defaults in it, and nobody wrote its text. */
export function isLive({ document }: Resource): boolean {
  return document.file.origin === "cluster";
}

/** Indexes what a cluster holds, and sets apart what was made of something else. */
export function indexLive(resources: readonly Resource[], readAt: string): LiveWorld {
  const byKind = groupBy(resources, ({ kind }) => [kind]);
  const byUid = new Map(resources.flatMap((each) => [[each.node.text("metadata", "uid") ?? each, each] as const]));
  const keyOf = (kind: string, name: string, namespace: string | undefined): string =>
    `${kind}/${namespace ?? ""}/${name}`;
  const byName = new Map(resources.map((each) => [keyOf(each.kind, each.name, each.namespace), each]));
  const ownersOf = (resource: Resource): readonly Resource[] =>
    (resource.node.at("metadata", "ownerReferences")?.items() ?? []).flatMap((reference) => {
      const kind = reference.text("kind") ?? "";
      const name = reference.text("name") ?? "";
      const owner =
        byUid.get(reference.text("uid") ?? "") ??
        byName.get(keyOf(kind, name, resource.namespace)) ??
        byName.get(keyOf(kind, name, undefined));
      return owner === undefined || owner === resource ? [] : [owner];
    });
  const collectedWith = (resource: Resource): readonly Resource[] => {
    const references = resource.node.at("metadata", "ownerReferences")?.items() ?? [];
    const owners = references.flatMap((reference) => byUid.get(reference.text("uid") ?? "") ?? []);
    return owners.length === references.length ? owners : [];
  };
  const owned = groupBy(resources, ownersOf);
  const sets = new Map((byKind.get("StatefulSet") ?? []).map((set) => [keyOf("", set.name, set.namespace), set]));
  const templateOf = (claim: Resource): ClaimTemplate | undefined => {
    if (claim.kind !== "PersistentVolumeClaim") return undefined;
    const named = /^(.*)-(\d+)$/.exec(claim.name);
    if (named === null) return undefined;
    const [, stem = "", ordinal = ""] = named;
    // `data-orders-db-0` is of a template `data` and a set `orders-db`, or of `data-orders` and `db`.
    for (let dash = stem.indexOf("-"); dash > 0; dash = stem.indexOf("-", dash + 1)) {
      const set = sets.get(keyOf("", stem.slice(dash + 1), claim.namespace));
      const template = stem.slice(0, dash);
      const templates = set?.node.at("spec", "volumeClaimTemplates")?.items() ?? [];
      if (set !== undefined && templates.some((each) => each.text("metadata", "name") === template))
        return { set, template, ordinal: Number(ordinal) };
    }
    return undefined;
  };
  const isMade = (resource: Resource): boolean =>
    resource.kind === "Node" ||
    resource.kind === "VolumeSnapshotContent" ||
    ownersOf(resource).length > 0 ||
    templateOf(resource) !== undefined ||
    (resource.kind === "PersistentVolume" && resource.annotations["pv.kubernetes.io/provisioned-by"] !== undefined);
  const podsOf = (resource: Resource): readonly Resource[] => {
    const found = new Set<Resource>();
    const seen = new Set<Resource>();
    const visit = (each: Resource): void => {
      if (seen.has(each)) return;
      seen.add(each);
      if (each.kind === "Pod") found.add(each);
      for (const child of owned.get(each) ?? []) visit(child);
    };
    visit(resource);
    return [...found];
  };
  return {
    readAt,
    written: resources.filter((resource) => !isMade(resource)),
    ofKind: (kind) => byKind.get(kind) ?? [],
    find: (kind, name, namespace) => byName.get(keyOf(kind, name, namespace)),
    collectedWith,
    ownersOf,
    ownedBy: (owner) => owned.get(owner) ?? [],
    rootOf: (resource) => {
      let root = resource;
      for (let depth = 0; depth < 10; depth++) {
        const [owner] = ownersOf(root);
        if (owner === undefined) break;
        root = owner;
      }
      return root;
    },
    podsOf,
    templateOf,
  };
}
