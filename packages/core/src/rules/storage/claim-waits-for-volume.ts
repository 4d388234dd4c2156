import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import { claimsOfDatabase, storageClassOf, volumesOfClass } from "../../domain/storage/volumes.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { defineRule, type Report } from "../../rule/rule.ts";
import { oncePer } from "../../text/once.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "claim-waits-for-volume",
  subject: "database",
  meta: {
    summary: "A database's claim is one that no provisioner serves, and no volume in view fits it.",
    rationale:
      'An empty `storageClassName: ""` switches provisioning off, and so does a `selector` on the claim: both bind only to a volume that someone created by hand. Without one the claim and its Pod stay Pending.',
    remedy: "Remove the empty class (the cluster's default then applies) or the selector, or create the volume.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["PersistentVolume", "StorageClass"],
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1"],
    quietWhen:
      "a hand-made volume of that class (or without one) is in view, the claim names its volume, or a class that provisions nothing has no volume at all in view.",
  },
  check(database, { workspace, report }) {
    const { resource } = database;
    for (const { spec } of claimsOfDatabase(database, workspace.resources)) {
      if (spec.at("volumeName") !== undefined) continue;
      const className = spec.at("storageClassName");
      const selector = spec.at("selector");
      if (className?.value === "" && !hasVolumeWithoutClass(workspace.everything.resources)) {
        report({
          message: `The claim of ${nameOf(resource)} waits for a volume that someone has to create: storageClassName "" provisions none, and no PersistentVolume without a class is in view.`,
          at: className,
        });
        continue;
      }
      const unserved = ofClassWithoutProvisioner(database, spec, workspace.everything.resources);
      if (unserved !== undefined) {
        report(unserved);
        continue;
      }
      const storageClass = storageClassOf(spec, workspace.everything.resources);
      if (selector === undefined || storageClass === undefined) continue;
      const provisioner = storageClass.node.string("provisioner") ?? "";
      if (provisioner === "" || provisioner === "kubernetes.io/no-provisioner") continue;
      if (volumesOfClass(storageClass.name, workspace.everything.resources).length > 0) continue;
      report({
        message: `The claim of ${nameOf(resource)} waits for a volume that someone has to create: class ${storageClass.name} provisions none for a claim with a selector.`,
        at: selector,
        point: "key",
      });
    }
  },
});

/** A class that makes nothing has the volumes that are in view, where some are: too few of them leave Pods Pending. */
function ofClassWithoutProvisioner(
  { resource, instances, workload }: Database,
  spec: YamlNode,
  resources: ResourceIndex,
): Report | undefined {
  const written = spec.at("storageClassName");
  const storageClass = written === undefined ? defaultClass(resources) : storageClassOf(spec, resources);
  if (storageClass?.node.string("provisioner") !== "kubernetes.io/no-provisioner") return undefined;
  const volumes = resources.ofKind("PersistentVolume");
  const fitting = volumesOfClass(storageClass.name, resources).length;
  const wanted = workload?.resource.kind === "StatefulSet" ? (instances.value ?? 1) : 1;
  if (volumes.length === 0 || fitting >= wanted) return undefined;
  if (volumes.some(({ node }) => hasPlaceholder(node.text("spec", "storageClassName") ?? ""))) return undefined;
  const isDefault = written === undefined ? " (the default)" : "";
  return {
    message:
      fitting === 0
        ? `The claim of ${nameOf(resource)} never binds: class ${storageClass.name}${isDefault} provisions nothing, and the volumes in view are of other classes (${[...new Set(volumes.map(({ node }) => node.string("spec", "storageClassName") ?? "none"))].slice(0, 3).join(", ")}).`
        : `${wanted - fitting} of ${wanted} Pods of ${nameOf(resource)} wait for a volume: class ${storageClass.name}${isDefault} provisions nothing, and ${fitting} of its volumes ${fitting === 1 ? "is" : "are"} in view.`,
    at: written ?? spec,
    ...(written === undefined ? { point: "key" as const } : {}),
    ...(fitting === 0 ? { severity: "error" as const } : {}),
    related: [{ message: "the class", at: storageClass.node.nearest("metadata", "name") }],
  };
}

function defaultClass(resources: ResourceIndex): Resource | undefined {
  const classes = resources
    .ofKind("StorageClass")
    .filter(({ annotations }) => annotations["storageclass.kubernetes.io/is-default-class"] === "true");
  return classes.length === 1 ? classes[0] : undefined;
}

const hasVolumeWithoutClass = oncePer((resources: ResourceIndex) =>
  resources.ofKind("PersistentVolume").some((volume) => (volume.node.string("spec", "storageClassName") ?? "") === ""),
);
