import type { Container } from "../kube/container.ts";
import { type Edits, insertItem, insertKey, type Writable } from "../yaml/edit.ts";
import type { YamlNode } from "../yaml/node.ts";

/** Adds an emptyDir to the Pod and mounts it; undefined where the lists cannot be edited. */
export function mountEmptyDir(
  container: Container,
  { name, path, medium }: { readonly name: string; readonly path: string; readonly medium?: "Memory" },
): Edits {
  const add = (parent: YamlNode, key: string, item: Writable): Edits => {
    const list = parent.at(key);
    return list === undefined ? insertKey(parent, key, [item]) : insertItem(list, item);
  };
  const { podSpec } = container.workload;
  if (
    podSpec
      .at("volumes")
      ?.items()
      .some((volume) => volume.text("name") === name) === true
  )
    return undefined;
  const mounts = add(container.node, "volumeMounts", { name, mountPath: path });
  const volumes = add(podSpec, "volumes", { name, emptyDir: medium === undefined ? {} : { medium } });
  return mounts === undefined || volumes === undefined ? undefined : [...mounts, ...volumes];
}
