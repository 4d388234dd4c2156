import type { Container } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** A database's or a pooler's port, and the container that listens there. */
export interface Listener {
  readonly port: Fact<number> | undefined;
  readonly container: Container | undefined;
}

/** The ports of a Service behind which the server listens, by number or by the port's name; undefined: its port is not known. */
export function portsToServer(service: Resource, { port, container }: Listener): readonly YamlNode[] | undefined {
  const number = port?.value;
  if (number === undefined) return undefined;
  const named = container?.ports.filter((each) => each.number === number).map(({ name }) => name) ?? [];
  return (service.node.at("spec", "ports")?.items() ?? []).filter((item) => {
    const target = item.text("targetPort") ?? item.text("port") ?? "";
    return target === `${number}` || named.includes(target) || /[$<{]/.test(target);
  });
}

/** Whether a Service leads to the port on which the server listens; true where that is not known. */
export function leadsToServer(service: Resource, listener: Listener): boolean {
  return portsToServer(service, listener)?.length !== 0;
}
