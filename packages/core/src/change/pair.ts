import { areOfOneOperator, isOfOperator } from "../domain/operators/read-operators.ts";
import { groupOf } from "../facts/kinds.ts";
import { namespacesAgree } from "../kube/namespace.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Resource } from "../kube/resource.ts";
import { groupBy } from "../text/group-by.ts";
import { compare, contentOf } from "./compare.ts";
import { mayBeIn, type UnreadDocument } from "./unread.ts";

/** The objects of two sides, by identity. */
export interface Pairs {
  readonly both: readonly { readonly before: Resource; readonly after: Resource }[];
  readonly onlyBefore: readonly Resource[];
  readonly onlyAfter: readonly Resource[];
  /** Which object of the other side they are, or whether they are there, is not known. */
  readonly ambiguous: readonly Doubt[];
}

/** An object that may be one of the other side, or not. */
interface Doubt {
  readonly resource: Resource;
  /** The rest of a sentence that begins with "not known:"; undefined: it is said of an object of the other side. */
  readonly because: string | undefined;
  /** Only one side says its namespace: it is the same object, or it has moved. */
  readonly isMoved?: boolean;
}

/** An object with names that both sides have for where it is. */
export interface Placed {
  readonly resource: Resource;
  /** What it is applied together with. */
  readonly part: string;
  readonly file: string;
}

/**
 * Groups under which the API server had a kind before: the object is the same under both.
 * https://kubernetes.io/docs/reference/using-api/deprecation-guide/#v1-16
 */
const formerGroups: Readonly<Record<string, string>> = {
  "extensions/Deployment": "apps/Deployment",
  "extensions/DaemonSet": "apps/DaemonSet",
  "extensions/ReplicaSet": "apps/ReplicaSet",
  "/DeploymentConfig": "apps.openshift.io/DeploymentConfig",
  "/Route": "route.openshift.io/Route",
  "/Template": "template.openshift.io/Template",
};

/** `apps/StatefulSet`; a kind of the core has no group before the slash. */
export function kindOf({ apiVersion, kind }: Pick<Resource, "apiVersion" | "kind">): string {
  const written = `${groupOf(apiVersion)}/${kind}`;
  return formerGroups[written] ?? written;
}

const identityOf = (resource: Resource): string => `${kindOf(resource)}/${resource.namespace ?? ""}/${resource.name}`;

/**
 * Pairs objects of one identity: first those that stayed where they were, at last wherever they are. What only one side has may be in a
 * document of the other that could not be read.
 */
export function pairObjects(
  before: readonly Placed[],
  after: readonly Placed[],
  unread: {
    readonly before: readonly UnreadDocument[];
    readonly after: readonly UnreadDocument[];
    /** Of a cluster: kinds of which the old side may have objects that could not be read. */
    readonly hidden?: ReadonlySet<string>;
  },
): Pairs {
  const both: { before: Resource; after: Resource }[] = [];
  let left = before;
  let added = after;
  for (const keyOf of nearness) {
    const old = groupBy(left, (each) => [keyOf(each)]);
    const young = groupBy(added, (each) => [keyOf(each)]);
    const paired = new Set<Placed>();
    for (const [key, [one, ...others]] of old) {
      const [other, ...more] = young.get(key) ?? [];
      if (one === undefined || other === undefined || others.length > 0 || more.length > 0) continue;
      both.push({ before: one.resource, after: other.resource });
      paired.add(one).add(other);
    }
    left = left.filter((each) => !paired.has(each));
    added = added.filter((each) => !paired.has(each));
  }
  const same = equals(left, added);
  const paired = new Set(same.flat());
  for (const [one, other] of same) both.push({ before: one.resource, after: other.resource });
  left = left.filter((each) => !paired.has(each));
  added = added.filter((each) => !paired.has(each));
  const isTwice = twiceIn(left, added);
  const ofNewGroup = movedGroups(left, added);
  const alone = (side: readonly Placed[]): readonly Resource[] =>
    side.flatMap((each) => (isTwice(each) ? [] : [each.resource]));
  const ambiguous = [
    ...doubtsOf(added.some(isTwice) ? added : left, isTwice, whichItIs),
    ...ofNewGroup,
    ...doubtsOf(left, mayBeIn(unread.after), "it may still be in the new text, which could not be read"),
    ...doubtsOf(added, mayBeIn(unread.before), "it may have been in the old text, which could not be read"),
    ...doubtsOf(
      added,
      ({ resource }) => unread.hidden?.has(resource.kind) === true,
      "it may be in the cluster, where its kind could not be read",
    ),
  ];
  const isOpen = new Set(ambiguous.map(({ resource }) => resource));
  const known = (side: readonly Placed[]): readonly Resource[] => alone(side).filter((each) => !isOpen.has(each));
  return placed({ both, onlyBefore: known(left), onlyAfter: known(added), ambiguous });
}

/** Operators move their kinds to groups of their own: what was under the old one is another object for the API server, and the same data. */
function movedGroups(left: readonly Placed[], added: readonly Placed[]): readonly Doubt[] {
  const keyOf = ({ resource }: Placed): string => `${resource.kind}/${resource.namespace ?? ""}/${resource.name}`;
  const old = groupBy(
    left.filter(({ resource }) => isOfOperator(resource)),
    (each) => [keyOf(each)],
  );
  return added.flatMap((young): readonly Doubt[] => {
    const before = old.get(keyOf(young))?.find((each) => areOfOneOperator(each.resource, young.resource));
    if (before === undefined) return [];
    const [from, to] = [before, young].map(({ resource }) => groupOf(resource.apiVersion));
    const because = `${from} before, ${to} now: the operator's migration decides whether the data goes along`;
    return from === to
      ? []
      : [
          { resource: before.resource, because: undefined },
          { resource: young.resource, because },
        ];
  });
}

const whichItIs = "which object of the other side it is";

function doubtsOf(side: readonly Placed[], isDoubtful: (each: Placed) => boolean, because: string): readonly Doubt[] {
  return side.filter(isDoubtful).map(({ resource }) => ({ resource, because }));
}

const nearness: readonly ((each: Placed) => string)[] = [
  ({ resource, part, file }) => `${identityOf(resource)} ${part} ${file}`,
  ({ resource, part }) => `${identityOf(resource)} ${part}`,
  ({ resource, file }) => `${identityOf(resource)} ${file}`,
  ({ resource }) => identityOf(resource),
];

/** Of what is left in several places, those that say the same: which of them is which makes no difference. */
function equals(before: readonly Placed[], after: readonly Placed[]): readonly (readonly [Placed, Placed])[] {
  const young = groupBy(after, ({ resource }) => [identityOf(resource)]);
  const taken = new Set<Placed>();
  return before.flatMap((one) => {
    const other = young
      .get(identityOf(one.resource))
      ?.find(
        (each) => !taken.has(each) && compare(contentOf(one.resource), contentOf(each.resource), "counts") === "same",
      );
    if (other === undefined) return [];
    taken.add(other);
    return [[one, other] as const];
  });
}

/** What both sides still have, and one of them in several places. */
function twiceIn(before: readonly Placed[], after: readonly Placed[]): (each: Placed) => boolean {
  const idOf = ({ resource }: Placed): readonly string[] => [identityOf(resource)];
  const [old, young] = [groupBy(before, idOf), groupBy(after, idOf)];
  return ({ resource }) => old.has(identityOf(resource)) && young.has(identityOf(resource));
}

/** Whoever applies it decides what is not written or filled in later: such an object may be one of the others, or not. */
function placed({ both, onlyBefore, onlyAfter, ambiguous }: Pairs): Pairs {
  const young = unplacedIn(onlyAfter, onlyBefore, "young");
  const old = unplacedIn(onlyBefore, onlyAfter, "old");
  const unplaced = new Set([...young, ...old].map(({ resource }) => resource));
  return {
    both,
    onlyBefore: onlyBefore.filter((each) => !unplaced.has(each)),
    onlyAfter: onlyAfter.filter((each) => !unplaced.has(each)),
    ambiguous: [...ambiguous, ...young, ...old],
  };
}

/** Those of which one of the others may be the same object. */
function unplacedIn(
  resources: readonly Resource[],
  others: readonly Resource[],
  side: "young" | "old",
): readonly Doubt[] {
  const nameKey = (each: Resource): string => `${kindOf(each)}/${hasPlaceholder(each.name) ? "" : each.name}`;
  const byName = groupBy(others, (each) => [nameKey(each)]);
  return resources.flatMap((resource): readonly Doubt[] => {
    const namesakes = (byName.get(nameKey(resource)) ?? []).filter((other) => namespacesAgree(other, resource));
    const open = (byName.get(`${kindOf(resource)}/`) ?? []).some((other) => namespacesAgree(other, resource));
    if (!hasPlaceholder(resource.name) && namesakes.length === 0 && !open) return [];
    const [other, ...more] = namesakes;
    if (
      other === undefined ||
      more.length > 0 ||
      open ||
      hasPlaceholder(`${resource.name} ${resource.namespace} ${other.namespace}`)
    )
      return [{ resource, because: whichItIs }];
    return [{ resource, because: side === "old" ? undefined : movedNamespace(other, resource), isMoved: true }];
  });
}

/** Of an object whose namespace only one side writes: it is said once, of the new side. */
function movedNamespace(before: Resource, after: Resource): string {
  return after.namespace === undefined
    ? `namespace ${before.namespace} before, none now: the same object only if it is applied to ${before.namespace}`
    : `no namespace before, ${after.namespace} now: the same object only if it was applied to ${after.namespace}`;
}
