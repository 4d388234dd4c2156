import type { Resource } from "../kube/resource.ts";
import { isSet } from "./claims.ts";
import { compare } from "./compare.ts";
import type { Pairs } from "./pair.ts";

/** A StatefulSet under another name or in another namespace: its Pods start with empty claims, and the data stays in the old ones. */
interface Rename {
  readonly before: Resource;
  readonly after: Resource;
}

/** Sets that were taken out and added with the same claim templates and images; of several that could be meant, none. */
export function renamesIn({ onlyBefore, onlyAfter }: Pairs): readonly Rename[] {
  const old = onlyBefore.filter(ownsClaims);
  const young = onlyAfter.filter(ownsClaims);
  return young.flatMap((after) => {
    const [before, ...others] = old.filter((each) => areAlike(each, after));
    if (before === undefined || others.length > 0) return [];
    return young.filter((each) => areAlike(before, each)).length === 1 ? [{ before, after }] : [];
  });
}

const templatesOf = ({ node }: Resource): unknown => node.at("spec", "volumeClaimTemplates")?.value;

function ownsClaims(resource: Resource): boolean {
  return (
    isSet(resource) &&
    !resource.isPartial &&
    !resource.isUnsettled &&
    compare(templatesOf(resource), undefined) !== "same"
  );
}

function areAlike(one: Resource, other: Resource): boolean {
  return compare(templatesOf(one), templatesOf(other)) === "same" && compare(imagesOf(one), imagesOf(other)) === "same";
}

/** Without their tags: a bump may come with the rename. */
function imagesOf({ node }: Resource): readonly string[] {
  const containers = node.at("spec", "template", "spec", "containers")?.items() ?? [];
  return containers.map((container) => {
    const [image = ""] = (container.text("image") ?? "").split("@");
    const tag = image.indexOf(":", image.lastIndexOf("/") + 1);
    return tag < 0 ? image : image.slice(0, tag);
  });
}
