import { namespacesAgree } from "./namespace.ts";
import type { Resource } from "./resource.ts";
import type { ResourceIndex } from "./resource-index.ts";

const indexes = new WeakMap<ResourceIndex, ReadonlyMap<string, readonly Resource[]>>();

/**
 * The Service whose name gives Pods of its namespace a variable `<NAME>_PORT=tcp://…`: headless and external ones give none.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function serviceBehindVariable(
  variable: string,
  from: Resource,
  resources: ResourceIndex,
): Resource | undefined {
  let index = indexes.get(resources);
  if (index === undefined) {
    const byVariable = new Map<string, Resource[]>();
    for (const service of resources.ofKind("Service")) {
      if (service.node.string("spec", "clusterIP") === "None" || service.node.string("spec", "type") === "ExternalName")
        continue;
      const name = `${service.name.toUpperCase().replaceAll("-", "_")}_PORT`;
      byVariable.set(name, [...(byVariable.get(name) ?? []), service]);
    }
    index = byVariable;
    indexes.set(resources, index);
  }
  return index.get(variable)?.find((service) => namespacesAgree(service, from));
}
