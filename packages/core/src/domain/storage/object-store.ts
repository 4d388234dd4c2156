import { hasPlaceholder } from "../../kube/placeholder.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import type { Whereabouts } from "../model/backup-terms.ts";

/**
 * Where an object store is, by its endpoint: a Service of the cluster, or outside it. Without one the client asks the cloud's own.
 * @param at where it is written, or would be
 */
export function whereStoreIs(endpoint: string | undefined, at: Place): Fact<Whereabouts> {
  if (endpoint === undefined || endpoint === "") return known("off-site", at);
  if (hasPlaceholder(endpoint) || /[$`]/.test(endpoint)) return unknown(at, "its endpoint is filled in later");
  const host = hostOf(endpoint);
  if (/(?:^|\.)svc(?:\.|$)|\.cluster\.local$/.test(host)) return known("cluster", at);
  if (/^[\d.]+$|^\[|\.(?:local|lan|internal|home|intra|localdomain)$|(?:^|\.)localhost$/.test(host))
    return unknown(at, `where ${host} is, is not written`);
  const labels = host.split(".");
  if (labels.length === 1 || (labels.length === 2 && /^default$|-/.test(labels[1] ?? ""))) return known("cluster", at);
  // `minio.storage` is a Service and its namespace, `wasabisys.com` a domain.
  if (labels.length === 2 && !commonDomains.test(labels[1] ?? ""))
    return unknown(at, `whether ${host} is a Service of the cluster is not known`);
  return known("off-site", at);
}

const commonDomains = /^(?:com|net|org|io|co|eu|de|ch|fr|nl|uk|us|cloud|dev|app|tech)$/;

/** The host of `https://minio.storage.svc:9000/path`, without port. */
function hostOf(endpoint: string): string {
  const rest = endpoint.slice(endpoint.includes("://") ? endpoint.indexOf("://") + 3 : 0);
  const authority = rest.split(/[/?#]/)[0] ?? "";
  const address = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
  return address.startsWith("[") ? address : (address.split(":")[0] ?? "");
}
