import type { Resource } from "../kube/resource.ts";
import type { Database } from "./database.ts";

/** Whether a Service leads to the port on which the server listens, by number or by the port's name; true where that is not known. */
export function leadsToServer(service: Resource, { port, container }: Database): boolean {
  const number = port.value;
  if (number === undefined) return true;
  const named = container?.ports.filter((each) => each.number === number).map(({ name }) => name) ?? [];
  return (service.node.at("spec", "ports")?.items() ?? []).some((item) => {
    const target = item.text("targetPort") ?? item.text("port") ?? "";
    return target === `${number}` || named.includes(target) || /[$<{]/.test(target);
  });
}
