import { databasesOnClaim } from "../../domain/database/database-index.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { volumeOf } from "../../domain/storage/volumes.ts";
import { accessModes } from "../../domain/workspace/conditions.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { formatBytes, parseQuantity } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "claim-cannot-bind",
  subject: "resource",
  kinds: ["PersistentVolumeClaim"],
  meta: {
    summary:
      "A database's claim and the volume made for it disagree in class, size or access mode, so they never bind.",
    rationale:
      "A claim binds only to a volume of the same storage class, at least its size, with its access modes. Otherwise the claim stays Pending, or a provisioner creates another, empty disk.",
    remedy:
      "Give both the same `storageClassName`, size and access modes. The empty string counts as its own class: none.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding"],
    quietWhen: "the claim names no volume, or no database in view uses it.",
  },
  check(claim, { workspace, report }) {
    const spec = claim.node.at("spec");
    const volumeName = spec?.string("volumeName");
    if (spec === undefined || volumeName === undefined) return;
    if (databasesOnClaim(claim.name, workspace.topology).length === 0) return;
    const volume = volumeOf(spec, workspace.resources);
    if (volume === undefined) return;
    const reason = disagreement(spec, volume.node.at("spec"));
    if (reason === undefined) return;
    report({
      message: `${nameOf(claim)} never binds to volume ${shortName(volume)}: ${reason.message}.`,
      at: reason.at,
      related: [{ message: "the volume", at: volume.node.nearest("spec", reason.field) }],
    });
  },
});

function disagreement(
  claim: YamlNode,
  volume: YamlNode | undefined,
): { readonly message: string; readonly at: YamlNode; readonly field: string } | undefined {
  if (volume === undefined) return undefined;
  const claimClass = claim.string("storageClassName");
  const volumeClass = volume.string("storageClassName") ?? "";
  // An absent class becomes the cluster's default, which is not in view.
  if (claimClass !== undefined && claimClass !== volumeClass && !hasPlaceholder(claimClass + volumeClass)) {
    const say = (name: string): string => (name === "" ? "none" : name);
    return {
      message: `the claim's class is ${say(claimClass)}, the volume's is ${say(volumeClass)}`,
      at: claim.nearest("storageClassName"),
      field: "storageClassName",
    };
  }
  const wanted = parseQuantity(claim.text("resources", "requests", "storage") ?? "");
  const offered = parseQuantity(volume.text("capacity", "storage") ?? "");
  if (wanted !== undefined && offered !== undefined && wanted > offered) {
    return {
      message: `it requests ${formatBytes(wanted)}, the volume has ${formatBytes(offered)}`,
      at: claim.nearest("resources", "requests", "storage"),
      field: "capacity",
    };
  }
  const missing = accessModes(claim).filter((mode) => !accessModes(volume).includes(mode) && !hasPlaceholder(mode));
  if (accessModes(volume).length > 0 && missing.length > 0 && !accessModes(volume).some(hasPlaceholder)) {
    return {
      message: `it requests ${missing.join(", ")}, the volume offers ${accessModes(volume).join(", ")}`,
      at: claim.nearest("accessModes"),
      field: "accessModes",
    };
  }
  return undefined;
}
