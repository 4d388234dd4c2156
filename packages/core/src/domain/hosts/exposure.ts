import type { Resource } from "../../kube/resource.ts";
import type { Place } from "../../yaml/node.ts";
import type { Pooler } from "../model/pooler.ts";
import { leadsToServer } from "./service-port.ts";

/** Whether a balancer's Service says that it answers in a private network, or to some addresses only. */
export function isKeptInside({ node, annotations }: Resource): boolean {
  if (node.at("spec", "loadBalancerSourceRanges") !== undefined || node.at("spec", "loadBalancerClass") !== undefined)
    return true;
  if (/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(node.string("spec", "loadBalancerIP") ?? "")) return true;
  return Object.entries(annotations).some(
    ([key, value]) =>
      !/^(false|internet-facing)$/i.test(value) &&
      /internal|scheme|private|metallb|lbipam|cilium|kube-vip|source-ranges|tailscale/i.test(`${key}=${value}`),
  );
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
