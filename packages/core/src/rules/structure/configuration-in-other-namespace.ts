import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { isFilledElsewhere } from "../../kube/mounted-files.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "configuration-in-other-namespace",
  subject: "workload",
  meta: {
    summary: "A Pod of a database reads a ConfigMap that is written for another namespace.",
    rationale:
      "A Pod finds ConfigMaps only in its own namespace. Without the one that it mounts it waits in ContainerCreating (`configmap … not found`); without one that a variable comes from it ends in CreateContainerConfigError.",
    remedy: "Write the same namespace in both.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods"],
    quietWhen:
      "a namespace is not written, a ConfigMap of that name may be in the Pod's namespace, the reference is optional, or something in its own namespace uses the ConfigMap.",
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    if (resource.namespace === undefined || resource.isUnsettled) return;
    if (!concernsDatabases(workload, workspace.topology)) return;
    for (const [name, at] of neededBy(workload)) {
      const stray = strayOf(name, resource, workspace);
      if (stray?.namespace === undefined) continue;
      report({
        message: `${nameOf(resource)} never starts: ConfigMap ${name} is in namespace ${stray.namespace}, and a Pod in ${resource.namespace} does not find it there.`,
        at,
        related: [{ message: nameOf(stray), at: stray.node.nearest("metadata", "namespace") }],
      });
    }
  },
});

/** The ConfigMaps without which no container starts, each at the first place that names it. */
function neededBy({ containers, volumes }: Workload): ReadonlyMap<string, YamlNode> {
  const needed = new Map<string, YamlNode>();
  const add = (reference: YamlNode | undefined): void => {
    const name = reference?.at("name");
    const text = name?.string();
    if (name === undefined || text === undefined || reference?.at("optional") !== undefined || needed.has(text)) return;
    needed.set(text, name);
  };
  for (const { node } of volumes) add(node.at("configMap"));
  for (const { node } of containers) {
    for (const source of node.at("envFrom")?.items() ?? []) add(source.at("configMapRef"));
    for (const variable of node.at("env")?.items() ?? []) add(variable.at("valueFrom", "configMapKeyRef"));
  }
  return needed;
}

/** The only ConfigMap of that name, where it is in another namespace and nothing there uses it. */
function strayOf(name: string, from: Resource, { resources, everything }: Workspace): Resource | undefined {
  const all = everything.resources.ofKind("ConfigMap").filter((each) => each.name === name);
  if (all.some((each) => namespacesAgree(each, from))) return undefined;
  const here = resources.ofKind("ConfigMap").find((each) => each.name === name);
  if (here === undefined || here.isUnsettled || isFilledElsewhere(here)) return undefined;
  const isUsed = [...everything.resources].some(
    ({ workload }) =>
      workload !== undefined && namespacesAgree(workload.resource, here) && neededBy(workload).has(name),
  );
  return isUsed ? undefined : here;
}
