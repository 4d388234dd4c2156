import type { Container, VolumeMount } from "../../kube/container.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Pooler } from "../model/pooler.ts";

/** A file that a pooler's configuration names: its text, that no volume can hold it, or that nobody in view knows. */
export type NamedFile =
  | { readonly state: "here"; readonly content: Fact<string> }
  /** `isCovered`: a mounted ConfigMap or Secret is there, so that nobody can make it either. */
  | { readonly state: "absent"; readonly because: string; readonly isCovered: boolean }
  | { readonly state: "unknown" };

/** What stands at a path of the pooler's container. The image of a family that dbops knows has no such files of its own. */
export function fileOfPooler({ container, dialect }: Pooler, path: string): NamedFile {
  const isCertain = container?.filesAreComplete === true && dialect !== undefined;
  if (container === undefined || !path.startsWith("/") || /[$<{%]/.test(path)) return { state: "unknown" };
  const found = container.filesUnder("/").find((file) => file.path === path);
  if (found !== undefined) return { state: "here", content: found.content };
  const mount = container.mountAt(path);
  if (mount === undefined)
    return isCertain
      ? { state: "absent", because: "no volume is mounted there", isCovered: false }
      : { state: "unknown" };
  const { source, sourceName } = mount.volume ?? {};
  if (!showsAll(container, mount) || (source !== "config-map" && source !== "secret")) return { state: "unknown" };
  const kind = source === "secret" ? "Secret" : "ConfigMap";
  return { state: "absent", because: `${kind} ${sourceName ?? ""} does not contain that file`, isCovered: true };
}

/** Whether all files of a mounted ConfigMap or Secret are in view. */
export function showsAll(container: Container, mount: VolumeMount): boolean {
  if (container.filesAreComplete) return true;
  // What else is not in view matters to other paths; a Secret may be filled by somebody else.
  return mount.volume?.source === "config-map" && container.filesUnder("/").some((file) => file.mount === mount);
}
