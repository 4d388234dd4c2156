import { oncePer } from "../text/once.ts";
import { namespacesAgree } from "./namespace.ts";
import { hasPlaceholder } from "./placeholder.ts";
import type { Resource } from "./resource.ts";
import type { ResourceIndex } from "./resource-index.ts";

const servicesByVariable = oncePer((resources: ResourceIndex): ReadonlyMap<string, readonly Resource[]> => {
  const services = new Map<string, Resource[]>();
  for (const service of resources.ofKind("Service")) {
    const { node } = service;
    const isKnown = !hasPlaceholder(`${node.text("spec", "clusterIP") ?? ""} ${node.text("spec", "type") ?? ""}`);
    if (!isKnown || node.string("spec", "clusterIP") === "None" || node.string("spec", "type") === "ExternalName")
      continue;
    const name = `${service.name.toUpperCase().replaceAll("-", "_")}_PORT`;
    services.set(name, [...(services.get(name) ?? []), service]);
  }
  return services;
});

/**
 * The Service whose name gives Pods of its namespace a variable `<NAME>_PORT=tcp://…`: headless and external ones give none.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function serviceBehindVariable(
  variable: string,
  from: Resource,
  resources: ResourceIndex,
  /** The names that a kustomization makes: with another name the variable is another one. */
  nameMade?: (uri: string, name: string) => string,
): Resource | undefined {
  return servicesByVariable(resources)
    .get(variable)
    ?.find(
      (service) =>
        namespacesAgree(service, from) &&
        (nameMade === undefined || nameMade(service.document.file.uri, service.name) === service.name),
    );
}
