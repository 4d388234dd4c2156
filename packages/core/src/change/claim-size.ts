import { storageClassOf } from "../domain/storage/volumes.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import { parseQuantity } from "../kube/quantity.ts";
import type { Resource } from "../kube/resource.ts";
import type { ResourceIndex } from "../kube/resource-index.ts";
import type { YamlNode } from "../yaml/node.ts";
import { kindOf } from "./pair.ts";
import type { Acceptance } from "./refusals.ts";

/** How a size changes; undefined: it does not, or one of the two is not known. */
export function sizeStep(before: YamlNode | undefined, after: YamlNode | undefined): "grows" | "shrinks" | undefined {
  const [from, to] = [before, after].map(amountOf);
  if (from === undefined || to === undefined || from === to) return undefined;
  return to > from ? "grows" : "shrinks";
}

function amountOf(node: YamlNode | undefined): number | undefined {
  const text = node?.text();
  return text === undefined || hasPlaceholder(text) ? undefined : parseQuantity(text);
}

/** Whether the class of a claim lets it grow; undefined: the class is not in view. */
export function canGrow(claim: Pick<Resource, "node">, resources: ResourceIndex): boolean | undefined {
  const spec = claim.node.at("spec");
  const storageClass = spec === undefined ? undefined : storageClassOf(spec, resources);
  const allows = storageClass?.node.at("allowVolumeExpansion");
  return storageClass !== undefined && allows === undefined ? false : allows?.boolean();
}

export const claimSize = ["spec", "resources", "requests", "storage"] as const;

/** An acceptance without doubts about a claim's size that its class, or the direction, settles. */
export function withSizeSettled(
  acceptance: Acceptance,
  before: Resource,
  after: Resource,
  resources: ResourceIndex,
): Acceptance {
  if (kindOf(after) !== "/PersistentVolumeClaim") return acceptance;
  const step = sizeStep(before.node.at(...claimSize), after.node.at(...claimSize));
  const isSettled = step === "shrinks" || (step === "grows" && canGrow(after, resources) !== undefined);
  return isSettled
    ? { ...acceptance, unjudged: acceptance.unjudged.filter((field) => field !== "spec.resources") }
    : acceptance;
}
