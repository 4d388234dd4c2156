import { admitsSome, isPrivateAddress, namesPrivateBalancer } from "../../kube/balancer.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Opening } from "../model/operator.ts";

type Path = readonly string[];

/** A section of a resource that describes a Service which an operator makes. */
interface ServiceSection {
  /** Where it is; `*` is each item of a list. */
  readonly at: Path;
  /** The section counts for nothing without `enabled: true`. */
  readonly isSwitched?: true;
}

// How the operators name the same fields, today and formerly; a template has them below `spec` and `metadata`.
const types: readonly Path[] = [["type"], ["exposeType"], ["serviceType"], ["spec", "type"]];
const annotations: readonly Path[] = [["annotations"], ["serviceAnnotations"], ["metadata", "annotations"]];
const specs: readonly Path[] = [[], ["spec"]];

/** What the sections open, for operators that let a resource write the type of their Services. */
export function openingsOf(...sections: readonly ServiceSection[]): (resource: Resource) => readonly Opening[] {
  return ({ node }) =>
    sections.flatMap(({ at: path, isSwitched }) =>
      nodesAt(node, path).flatMap((service) => {
        if (isSwitched === true && service.boolean("enabled") !== true) return [];
        const at = types.map((each) => service.at(...each)).find((each) => each !== undefined);
        const type = at?.string();
        if (at === undefined || (type !== "LoadBalancer" && type !== "NodePort")) return [];
        return isLimited(service) ? [] : [{ type, at }];
      }),
    );
}

function isLimited(service: YamlNode): boolean {
  return (
    namesPrivateBalancer(annotations.flatMap((path) => annotationsAt(service, path))) ||
    specs.some(
      (path) =>
        admitsSome(service.at(...path, "loadBalancerSourceRanges")) ||
        service.at(...path, "loadBalancerClass") !== undefined ||
        isPrivateAddress(service.text(...path, "loadBalancerIP") ?? ""),
    )
  );
}

export function annotationsAt(node: YamlNode, path: Path): readonly (readonly [string, string])[] {
  return (node.at(...path)?.entries() ?? []).map(([key, value]) => [key, value.text() ?? ""] as const);
}

/** The nodes of a path, none below what is switched off: a proxy, sharding. */
function nodesAt(node: YamlNode, [first, ...rest]: Path): readonly YamlNode[] {
  if (node.boolean("enabled") === false) return [];
  if (first === undefined) return [node];
  if (first === "*") return node.items().flatMap((item) => nodesAt(item, rest));
  const next = node.at(first);
  return next === undefined ? [] : nodesAt(next, rest);
}
