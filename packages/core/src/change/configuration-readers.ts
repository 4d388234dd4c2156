import { initialScripts } from "../facts/entrypoint-passwords.ts";
import { configurationReferences } from "../kube/configuration-references.ts";
import type { Container } from "../kube/container.ts";

/** Whether a server starts with what a ConfigMap says. */
export function readsConfiguration(container: Container, name: string): boolean {
  // Scripts of an empty volume are read by no later start.
  const isMounted = container.mounts.some(
    ({ volume, mountPath }) =>
      volume?.source === "config-map" && volume.sourceName === name && !mountPath.startsWith(initialScripts),
  );
  return (
    isMounted ||
    configurationReferences(container).some(({ kind, node }) => kind === "ConfigMap" && node.string("name") === name)
  );
}
