import type { YamlNode } from "../yaml/node.ts";
import type { Container } from "./container.ts";
import { hasPlaceholder } from "./placeholder.ts";
import type { Volume, Workload } from "./workload.ts";

/** A field of a container's securityContext, or of its Pod's where the container says nothing. */
export function securityField(
  container: Container,
  name: "runAsUser" | "runAsGroup" | "runAsNonRoot",
): YamlNode | undefined {
  return container.node.at("securityContext", name) ?? container.workload.podSpec.at("securityContext", name);
}

/** The group that the kubelet gives to volumes: it may then read files of Secrets, whatever their mode. */
export function fsGroupOf(workload: Workload): YamlNode | undefined {
  return workload.podSpec.at("securityContext", "fsGroup");
}

/**
 * The mode of a file that a Secret or ConfigMap puts into a volume, and where it is or would be written; undefined: it is not known.
 * https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions
 */
export function modeOfFile(
  { node, source }: Volume,
  file: string,
): { readonly mode: number; readonly at: YamlNode; readonly isWritten: boolean } | undefined {
  const key = source === "secret" ? "secret" : source === "config-map" ? "configMap" : "projected";
  const holder = node.at(key);
  if (holder === undefined) return undefined;
  const lists =
    key === "projected"
      ? (holder.at("sources")?.items() ?? []).flatMap((each) => each.entries().map(([, value]) => value))
      : [holder];
  const items = lists.flatMap((list) => list.at("items")?.items() ?? []);
  // One that is filled in later may be this file.
  if (items.some((item) => hasPlaceholder(item.text("path") ?? ""))) return undefined;
  for (const item of items) {
    const own = item.text("path") === file ? item.at("mode") : undefined;
    const mode = own?.integer();
    if (own !== undefined) return mode === undefined ? undefined : { mode, at: own, isWritten: true };
  }
  const written = holder.at("defaultMode");
  if (written === undefined) return { mode: 0o644, at: holder, isWritten: false };
  const mode = written.integer();
  return mode === undefined ? undefined : { mode, at: written, isWritten: true };
}

/** `0640`, as people write modes. */
export function formatMode(mode: number): string {
  return `0${mode.toString(8).padStart(3, "0")}`;
}
