import type { Container } from "./container.ts";
import { hasPlaceholder } from "./placeholder.ts";

/** Why nothing can be written at a path; undefined: it can, or nobody in view knows. */
export function whyReadOnly(container: Container, path: string): string | undefined {
  // What is mounted at a path that is filled in later may be what is asked for.
  if (container.mounts.some(({ mountPath }) => hasPlaceholder(mountPath))) return undefined;
  const mount = container.mountAt(path);
  if (mount === undefined)
    return container.node.boolean("securityContext", "readOnlyRootFilesystem") === true
      ? "the root file system is read-only"
      : undefined;
  const source = mount.volume?.source;
  if (source === "config-map") return `ConfigMap ${mount.volume?.sourceName ?? ""} is mounted there`;
  if (source === "secret") return `Secret ${mount.volume?.sourceName ?? ""} is mounted there`;
  if (source === "projected") return "a projected volume is mounted there";
  return mount.isReadOnly && source !== undefined ? "its mount is readOnly" : undefined;
}
