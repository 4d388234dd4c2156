import { splitImage } from "../kube/image.ts";
import type { Resource } from "../kube/resource.ts";
import { isSet } from "./claims.ts";
import { compare } from "./compare.ts";
import { kindOf, type Pairs } from "./pair.ts";

/** An object that owns data, under another name or in another namespace: it starts empty, and the data stays with the old one. */
export interface Rename {
  readonly before: Resource;
  readonly after: Resource;
}

/**
 * Pairs what was taken out with what was added: the same name in another namespace, and then what looks alike. Of several that could be
 * meant, none. `isDatabase` knows the resources of operators, `isSaid` what somebody wrote down.
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
    const pairs = young.flatMap((after) => {
      const [before, ...others] = old.filter((each) => isMeant(each, after));
      if (before === undefined || others.length > 0) return [];
      return young.filter((each) => isMeant(before, each)).length === 1 ? [{ before, after }] : [];
    });
    found.push(...pairs);
    const taken = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
    old = old.filter((each) => !taken.has(each));
    young = young.filter((each) => !taken.has(each));
  }
  return found;
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
