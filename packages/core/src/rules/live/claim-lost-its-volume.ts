import { databaseOfClaim } from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "claim-lost-its-volume",
  subject: "live",
  kinds: ["PersistentVolumeClaim"],
  meta: {
    summary: "The volume that a claim of a database is bound to no longer exists.",
    rationale:
      "A claim is Lost when the PersistentVolume that it names was deleted. Pods that use it do not start, and no new volume is made for it.",
    remedy:
      "Find the disk with the storage provider (the volume's name is in the claim), create a PersistentVolume for it by hand, and restore from a backup where the disk is gone.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding"],
  },
  check(claim, { workspace, report }) {
    const phase = claim.node.at("status", "phase");
    if (phase?.text() !== "Lost") return;
    const database = databaseOfClaim(claim, workspace);
    if (database === undefined) return;
    const volume = claim.node.text("spec", "volumeName");
    report({
      message:
        `${nameOf(claim)} of ${nameOf(database.resource)} is Lost: its volume ${volume ?? ""} no longer exists, and Pods that use it do not start.`.replace(
          "  ",
          " ",
        ),
      at: phase,
    });
  },
});
