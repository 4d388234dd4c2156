import type { LiveObject } from "@dbops/core";
import type { Cluster } from "../../kubernetes/start.mjs";

/** Where a server lists the objects of a kind. */
export interface Served {
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** The kinds of a server by `StatefulSet.apps`. */
export async function servedBy(cluster: Cluster): Promise<ReadonlyMap<string, Served>> {
  const served = new Map<string, Served>();
  const groups = (await cluster.api("GET", "/apis")).body as {
    readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  };
  const versions = [
    "/api/v1",
    ...groups.groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
  ];
  for (const version of versions) {
    const { resources } = (await cluster.api("GET", version)).body as {
      readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
    };
    const group = version === "/api/v1" ? "" : (version.split("/")[2] ?? "");
    for (const { name, kind, namespaced } of resources)
      if (!name.includes("/")) served.set(`${kind}.${group}`, { version, plural: name, isNamespaced: namespaced });
  }
  return served;
}

/** `StatefulSet.apps` of an object. */
export function kindKey({ kind, apiVersion }: Pick<LiveObject, "kind" | "apiVersion">): string {
  return `${kind}.${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}`;
}

/** The list that an object of a namespace belongs to; undefined: the server has none for it. */
export function listUrl(object: LiveObject, served: ReadonlyMap<string, Served>): string | undefined {
  const of = served.get(kindKey(object));
  return of?.isNamespaced === true ? `${of.version}/namespaces/${object.metadata.namespace}/${of.plural}` : undefined;
}
