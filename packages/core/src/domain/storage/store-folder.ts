import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { StoreFolder } from "../model/backup-terms.ts";

/** A folder by the words that name it; undefined: a part of it is filled in later. */
export function storeFolder(
  scheme: "s3" | "gs",
  bucket: string | undefined,
  prefix = "",
  endpoint?: string,
): StoreFolder | undefined {
  if (bucket === undefined || bucket === "" || hasPlaceholder(`${bucket} ${endpoint ?? ""}`) || /[$`<]/.test(bucket))
    return undefined;
  // The folders in front of what is known only when it runs.
  const parts = `${bucket}/${prefix}`.split("/").filter((part) => part !== "");
  const open = parts.findIndex((part) => /[$`<*]/.test(part) || hasPlaceholder(part));
  const [name = "", ...folders] = open < 0 ? parts : parts.slice(0, open);
  return { cloud: cloudOf(scheme, endpoint), bucket: name, prefix: folders.join("/") };
}

function cloudOf(scheme: "s3" | "gs", endpoint: string | undefined): StoreFolder["cloud"] {
  if (endpoint === undefined || endpoint === "") return scheme;
  if (endpoint.includes("amazonaws.com")) return "s3";
  return endpoint.includes("googleapis.com") ? "gs" : "own";
}

/** The bucket that a store of an operator names, in whatever of the usual words: `s3: { bucket, prefix, endpointUrl }`. */
export function folderOfStore(store: YamlNode | undefined): StoreFolder | undefined {
  for (const [key, scheme] of [
    ["s3", "s3"],
    ["minio", "s3"],
    ["gcs", "gs"],
  ] as const) {
    const section = store?.at(key);
    if (section === undefined) continue;
    const word = (...names: readonly string[]): string | undefined =>
      names.map((name) => section.text(name)).find((text) => text !== undefined);
    const endpoint = word("endpoint", "endpointUrl", "endpointURL");
    return storeFolder(scheme, word("bucket", "bucketName"), word("prefix"), endpoint);
  }
  return undefined;
}

/** `s3://orders-backups/daily`, as barman writes it. */
export function folderOfUrl(url: string | undefined, endpoint: string | undefined): StoreFolder | undefined {
  const scheme = (["s3", "gs"] as const).find((each) => url?.startsWith(`${each}://`));
  if (url === undefined || scheme === undefined) return undefined;
  const [bucket, ...folders] = url.slice(scheme.length + 3).split("/");
  return storeFolder(scheme, bucket, folders.join("/"), endpoint);
}

/** Whether all that is in one folder is in another, too. */
export function isWithin(inner: StoreFolder, outer: StoreFolder): boolean {
  return (
    inner.cloud === outer.cloud &&
    inner.bucket === outer.bucket &&
    (outer.prefix === "" || `${inner.prefix}/`.startsWith(`${outer.prefix}/`))
  );
}
