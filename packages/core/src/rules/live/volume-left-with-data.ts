import { nameOf, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "volume-left-with-data",
  subject: "live",
  kinds: ["PersistentVolume"],
  meta: {
    summary: "A volume outlived the claim of a database.",
    rationale:
      "A volume with policy Retain becomes Released when its claim is deleted. The data is still there, but a new claim of the same name does not get it: the volume still names the old claim.",
    remedy:
      "To use the data again, clear `spec.claimRef` of the volume and create a claim with `volumeName`; otherwise delete the volume and its disk once a backup is proven.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#retain"],
    quietWhen:
      "the volume's policy deletes or empties it, or nothing shows that the claim was a database's; then only in `all`.",
  },
  check(volume, { workspace, report }) {
    const { live, topology } = workspace;
    const phase = volume.node.at("status", "phase");
    if (live === undefined || phase === undefined || !/^(?:Released|Failed)$/.test(phase.text() ?? "")) return;
    // What is on its way to be deleted holds nothing for long; where that failed, the data may be gone already.
    if (volume.node.text("spec", "persistentVolumeReclaimPolicy") !== "Retain") return;
    if (volume.node.at("metadata", "deletionTimestamp") !== undefined) return;
    const name = volume.node.text("spec", "claimRef", "name");
    const namespace = volume.node.text("spec", "claimRef", "namespace");
    if (name === undefined || namespace === undefined) return;
    const database = topology.databases.find(
      ({ resource, workload }) =>
        resource.namespace === namespace &&
        workload?.volumes.some(
          ({ source, name: template }) => source === "claim-template" && isOf(name, template, resource.name),
        ) === true,
    );
    const exists = live.find("PersistentVolumeClaim", name, namespace) !== undefined;
    report({
      message: `${nameOf(volume)} still holds the data of claim ${namespace}/${name}, which was deleted (${phase.text()})${database === undefined ? "" : exists ? `; the claim that ${shortName(database.resource)} uses now is a new one` : ""}.`,
      at: phase,
      ...(database === undefined ? { presets: [] } : {}),
    });
  },
});

/** Whether a claim has the name that a template of a StatefulSet gives. */
function isOf(claim: string, template: string, set: string): boolean {
  const stem = `${template}-${set}-`;
  return claim.startsWith(stem) && /^\d+$/.test(claim.slice(stem.length));
}
