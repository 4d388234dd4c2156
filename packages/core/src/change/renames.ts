import { splitImage } from "../kube/image.ts";
import type { Resource } from "../kube/resource.ts";
import { isSet } from "./claims.ts";
import { compare } from "./compare.ts";
import { kindOf, type Pairs } from "./pair.ts";

/** An object that owns data, under another name or in another namespace, or a server that another kind of workload runs: it starts empty, and the data stays with the old one. */
export interface Rename {
  readonly before: Resource;
  readonly after: Resource;
}

/**
 * Pairs what was taken out with what was added: the same name in another namespace, and then what looks alike. At last a Deployment
 * and a StatefulSet that take each other's place. Of several that could be meant, none. `isDatabase` knows the resources of operators, `isSaid` what somebody wrote down.
 */
export function renamesIn(
  { onlyBefore, onlyAfter }: Pairs,
  isDatabase: (resource: Resource) => boolean,
  isSaid: (before: Resource, after: Resource) => boolean,
): readonly Rename[] {
  const ownsData = (each: Resource): boolean =>
    !each.isPartial &&
    !each.isUnsettled &&
    (isSet(each) ? makesClaims(each) : each.workload === undefined && isDatabase(each));
  let old = onlyBefore.filter(ownsData);
  let young = onlyAfter.filter(ownsData);
  const found: Rename[] = [];
  for (const isMeant of [isSaid, haveOneName, areAlike]) {
    const pairs = pairsOf(old, young, isMeant);
    found.push(...pairs);
    const taken = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
    old = old.filter((each) => !taken.has(each));
    young = young.filter((each) => !taken.has(each));
  }
  const runsOnClaims = (each: Resource): boolean =>
    isRunner(each) && !each.isPartial && !each.isUnsettled && isDatabase(each);
  const rest = (side: readonly Resource[], of: "before" | "after"): readonly Resource[] =>
    side.filter((each) => runsOnClaims(each) && found.every((pair) => pair[of] !== each));
  found.push(...pairsOf(rest(onlyBefore, "before"), rest(onlyAfter, "after"), areOneServer));
  return found;
}

/** The pairs of which neither side has a second candidate. */
function pairsOf(
  old: readonly Resource[],
  young: readonly Resource[],
  isMeant: (before: Resource, after: Resource) => boolean,
): readonly Rename[] {
  return young.flatMap((after) => {
    const [before, ...others] = old.filter((each) => isMeant(each, after));
    if (before === undefined || others.length > 0) return [];
    return young.filter((each) => isMeant(before, each)).length === 1 ? [{ before, after }] : [];
  });
}

const isRunner = (each: Resource): boolean => isSet(each) || kindOf(each) === "apps/Deployment";

/** A Deployment that becomes a StatefulSet, or the other way round. */
function areOneServer(one: Resource, other: Resource): boolean {
  return (
    kindOf(one) !== kindOf(other) &&
    one.namespace === other.namespace &&
    (one.name === other.name || compare(imagesOf(one), imagesOf(other)) === "same")
  );
}

const templatesOf = ({ node }: Resource): unknown => node.at("spec", "volumeClaimTemplates")?.value;
const makesClaims = (set: Resource): boolean => compare(templatesOf(set), undefined) !== "same";

function haveOneName(one: Resource, other: Resource): boolean {
  return kindOf(one) === kindOf(other) && one.name === other.name;
}

function areAlike(one: Resource, other: Resource): boolean {
  if (kindOf(one) !== kindOf(other)) return false;
  if (!isSet(one)) return compare(one.node.at("spec")?.value, other.node.at("spec")?.value) === "same";
  return compare(templatesOf(one), templatesOf(other)) === "same" && compare(imagesOf(one), imagesOf(other)) === "same";
}

/** Without their tags: a bump may come with the rename. */
function imagesOf({ node }: Resource): readonly string[] {
  const containers = node.at("spec", "template", "spec", "containers")?.items() ?? [];
  return containers.map((container) => splitImage(container.text("image") ?? "").repository);
}
