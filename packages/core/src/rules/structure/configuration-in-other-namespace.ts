import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { configurationReferences } from "../../kube/configuration-references.ts";
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
    summary: "A Pod of a database reads a ConfigMap or Secret that is written for another namespace.",
    rationale:
      "A Pod finds ConfigMaps and Secrets only in its own namespace. Without the one that it mounts it waits in ContainerCreating (`configmap … not found`); without one that a variable comes from it ends in CreateContainerConfigError.",
    remedy: "Write the same namespace in both.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["ConfigMap", "Secret"],
    references: ["https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods"],
    quietWhen:
      "a namespace is not written, an object of that name may be or be made in the Pod's namespace, the reference is optional, or something in its own namespace uses the object.",
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    if (resource.namespace === undefined || resource.isUnsettled) return;
    if (!concernsDatabases(workload, workspace.topology)) return;
    for (const { kind, name, at } of neededBy(workload)) {
      const stray = strayOf(kind, name, resource, workspace);
      if (stray?.namespace === undefined) continue;
      report({
        message: `${nameOf(resource)} never starts: ${kind} ${name} is in namespace ${stray.namespace}, and a Pod in ${resource.namespace} does not find it there.`,
        at,
        // A Secret is often made by hand, where it is needed.
        ...(kind === "Secret" ? { severity: "warning" as const } : {}),
        related: [{ message: nameOf(stray), at: stray.node.nearest("metadata", "namespace") }],
      });
    }
  },
});

type Holder = "ConfigMap" | "Secret";

interface Needed {
  readonly kind: Holder;
  readonly name: string;
  readonly at: YamlNode;
}

/** The ConfigMaps and Secrets without which no container starts, each at the first place that names it. */
function neededBy({ containers, volumes }: Workload): readonly Needed[] {
  const needed = new Map<string, Needed>();
  const add = (kind: Holder, reference: YamlNode | undefined, key = "name"): void => {
    const at = reference?.at(key);
    const name = at?.string();
    if (at === undefined || name === undefined || reference?.at("optional") !== undefined) return;
    if (!needed.has(`${kind}/${name}`)) needed.set(`${kind}/${name}`, { kind, name, at });
  };
  for (const { node } of volumes) {
    add("ConfigMap", node.at("configMap"));
    add("Secret", node.at("secret"), "secretName");
  }
  for (const { kind, node } of containers.flatMap(configurationReferences)) add(kind, node);
  return [...needed.values()];
}

/** The only object of that name, where it is in another namespace, nothing there uses it and nothing copies or makes another. */
function strayOf(
  kind: Holder,
  name: string,
  from: Resource,
  { resources, everything }: Workspace,
): Resource | undefined {
  if (everything.resources.find(kind, name, from) !== undefined) return undefined;
  const here = resources.ofKind(kind).find((each) => each.name === name);
  if (here === undefined || here.isUnsettled || isFilledElsewhere(here)) return undefined;
  const isUsedOrMade = [...everything.resources].some(
    (each) =>
      (makers.has(each.kind) && each.name === name) ||
      (each.workload !== undefined &&
        namespacesAgree(each, here) &&
        neededBy(each.workload).some((need) => need.kind === kind && need.name === name)),
  );
  return isUsedOrMade ? undefined : here;
}

/** Objects from which a controller makes a Secret of their name. */
const makers: ReadonlySet<string> = new Set(["SealedSecret", "ExternalSecret", "InfisicalSecret", "OnePasswordItem"]);
