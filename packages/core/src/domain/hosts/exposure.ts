import { admitsSome, isPrivateAddress, namesPrivateBalancer } from "../../kube/balancer.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Place, YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";
import type { Pooler } from "../model/pooler.ts";
import { leadsToServer } from "./service-port.ts";

/** Who outside the cluster can reach a Service. */
export interface Exposure {
  /** no: nobody. inside: a private network, or some addresses. public: anyone who reaches a node, or the balancer's address. */
  readonly to: "no" | "inside" | "public";
  /** What opens it; undefined: nothing does. */
  readonly by: { readonly name: "LoadBalancer" | "NodePort" | "externalIPs"; readonly at: YamlNode } | undefined;
}

/** https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types */
export function exposureOf(service: Resource): Exposure {
  const type = service.node.at("spec", "type");
  const name = type?.string();
  const addresses = service.node.at("spec", "externalIPs");
  const by: Exposure["by"] =
    type !== undefined && (name === "LoadBalancer" || name === "NodePort")
      ? { name, at: type }
      : addresses === undefined
        ? undefined
        : { name: "externalIPs", at: addresses };
  return { to: by === undefined ? "no" : isKeptInside(service) ? "inside" : "public", by };
}

/** Whether a balancer's Service says that it answers in a private network, or to some addresses only. */
function isKeptInside({ node, annotations }: Resource): boolean {
  if (admitsSome(node.at("spec", "loadBalancerSourceRanges"))) return true;
  if (node.at("spec", "loadBalancerClass") !== undefined) return true;
  if (isPrivateAddress(node.string("spec", "loadBalancerIP") ?? "")) return true;
  return namesPrivateBalancer(Object.entries(annotations));
}

/** The Service through which a workload's database answers outside the cluster; undefined: none in view, or in a private network only. */
export function openingService(database: Database, resources: ResourceIndex): Resource | undefined {
  const { workload } = database;
  if (workload === undefined) return undefined;
  return resources
    .selecting("Service", workload)
    .find((service) => exposureOf(service).to === "public" && leadsToServer(service, database));
}

/** Where it stands that PgBouncer speaks no TLS with its clients. */
export interface PlainText {
  readonly at: Place;
  readonly isDefault: boolean;
}

/** `client_tls_sslmode` where PgBouncer is known to speak no TLS with the clients that come through a Service; undefined: it may. */
export function plainTextMode({ software, settings, container }: Pooler, service: Resource): PlainText | undefined {
  const mode = settings.get("client_tls_sslmode");
  if (software !== "pgbouncer" || mode?.value === undefined || mode.value.toLowerCase() !== "disable") return undefined;
  // A sidecar that only its own Pod reaches.
  const addresses = settings.get("listen_addr")?.value?.split(/[\s,]+/) ?? [];
  if (addresses.length > 0 && addresses.every((each) => /^(127\.|localhost$|::1$)/.test(each))) return undefined;
  return leadsToServer(service, { port: settings.number("listen_port"), container })
    ? { at: mode.at, isDefault: mode.origin === "default" }
    : undefined;
}
