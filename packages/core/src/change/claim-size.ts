import { storageClassOf } from "../domain/storage/volumes.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import { parseQuantity } from "../kube/quantity.ts";
import type { Resource } from "../kube/resource.ts";
import type { ResourceIndex } from "../kube/resource-index.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { Side } from "./change.ts";
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

const claimSize = ["spec", "resources", "requests", "storage"] as const;

/** Sizes of a claim, or of the volumes that an operator gives an instance, by what is on them. */
export function sizesOf({ resource, database }: Side): ReadonlyMap<string, YamlNode> {
  const { node } = resource;
  const written = (...sizes: readonly (readonly [string, readonly string[] | undefined])[]) =>
    new Map(
      sizes.flatMap(([what, path]) => {
        const size = path === undefined ? undefined : node.at(...path);
        return size === undefined ? [] : [[what, size] as const];
      }),
    );
  if (kindOf(resource) === "/PersistentVolumeClaim") return written(["data", claimSize]);
  const { sizes, storage, walStorage } = database?.operator ?? {};
  return sizes?.(node) ?? written(["data", storage], ["WAL", walStorage]);
}

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

/** Whether a claim is larger once the new text is applied: nothing else of the change is refused, and its class lets it grow as far as is known. */
export function isGrown(
  before: Resource,
  after: Resource,
  { refusals }: Acceptance,
  resources: ResourceIndex | undefined,
): boolean {
  if (refusals.length > 0 || (resources !== undefined && canGrow(after, resources) === false)) return false;
  return sizeStep(before.node.at(...claimSize), after.node.at(...claimSize)) === "grows";
}
