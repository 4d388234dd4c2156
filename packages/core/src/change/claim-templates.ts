import type { Resource } from "../kube/resource.ts";
import type { YamlNode } from "../yaml/node.ts";
import { sizeStep } from "./claim-size.ts";
import { compare } from "./compare.ts";

/** How the claim templates of a set differ from those it had; names of templates, but for the pair of a rename. */
export interface TemplateChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** One name went and one came, for volumes of the same kind. */
  readonly renamed: { readonly from: string; readonly to: string } | undefined;
  readonly grown: readonly { readonly name: string; readonly size: string }[];
  /** The class, the access modes or the kind of volume is another one, or the size is smaller: an existing volume cannot become that. */
  readonly replaced: readonly string[];
}

const size = ["spec", "resources", "requests", "storage"] as const;

/** Compares the templates of two texts of one set. */
export function templateChanges(before: Resource, after: Resource): TemplateChanges {
  const [old, young] = [before, after].map(templatesOf);
  const added = [...(young?.keys() ?? [])].filter((name) => old?.has(name) !== true);
  const removed = [...(old?.keys() ?? [])].filter((name) => young?.has(name) !== true);
  const [to, from] = [added[0] ?? "", removed[0] ?? ""];
  const areAlike =
    added.length === 1 &&
    removed.length === 1 &&
    compare(old?.get(from)?.at("spec")?.value, young?.get(to)?.at("spec")?.value) === "same";
  const grown: { name: string; size: string }[] = [];
  const replaced: string[] = [];
  for (const [name, now] of young ?? []) {
    const was = old?.get(name);
    if (was === undefined) continue;
    const step = sizeStep(was.at(...size), now.at(...size));
    const isOther = ["storageClassName", "accessModes", "volumeMode"].some((field) => {
      const byDefault = field === "volumeMode" ? "Filesystem" : undefined;
      const [one, other] = [was, now].map((template) => template.at("spec", field)?.value ?? byDefault);
      return compare(one, other) === "different";
    });
    if (isOther || step === "shrinks") replaced.push(name);
    else if (step === "grows") grown.push({ name, size: now.at(...size)?.text() ?? "" });
  }
  return areAlike
    ? { added: [], removed: [], renamed: { from, to }, grown, replaced }
    : { added, removed, renamed: undefined, grown, replaced };
}

function templatesOf({ node }: Resource): ReadonlyMap<string, YamlNode> {
  const items = node.at("spec", "volumeClaimTemplates")?.items() ?? [];
  return new Map(items.map((item) => [item.text("metadata", "name") ?? "", item]));
}
