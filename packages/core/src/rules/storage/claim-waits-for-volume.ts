import { nameOf } from "../../domain/model/names.ts";
import { claimsOfDatabase, storageClassOf, volumesOfClass } from "../../domain/storage/volumes.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { defineRule } from "../../rule/rule.ts";
import { oncePer } from "../../text/once.ts";

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
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1"],
    quietWhen: "a hand-made volume of that class (or without one) is in view, or the claim names its volume.",
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

const hasVolumeWithoutClass = oncePer((resources: ResourceIndex) =>
  resources.ofKind("PersistentVolume").some((volume) => (volume.node.string("spec", "storageClassName") ?? "") === ""),
);
