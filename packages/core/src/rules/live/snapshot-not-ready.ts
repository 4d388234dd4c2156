import { databaseOfClaim } from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { ageText, between, minutes } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "snapshot-not-ready",
  subject: "live",
  kinds: ["VolumeSnapshot"],
  meta: {
    summary: "A snapshot of a database's claim cannot be restored.",
    rationale:
      "Until `readyToUse` is true, a snapshot is a wish: the driver has not finished it, or has refused it. A restore from it waits forever.",
    remedy: "Read the snapshot's error and events; delete it and take another one after the cause is gone.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/storage/volume-snapshots/#provisioning-volume-snapshot"],
    quietWhen: "it was taken less than 30 minutes ago.",
  },
  check(snapshot, { workspace, report }) {
    const { live } = workspace;
    const ready = snapshot.node.at("status", "readyToUse");
    const claimName = snapshot.node.text("spec", "source", "persistentVolumeClaimName");
    if (live === undefined || claimName === undefined || ready?.boolean() === true) return;
    const age = between(snapshot.node.text("metadata", "creationTimestamp"), live.readAt);
    const isFailed = snapshot.node.at("status", "error") !== undefined;
    if (age === undefined || (!isFailed && age < minutes(30))) return;
    const claim = live.find("PersistentVolumeClaim", claimName, snapshot.namespace);
    const database = claim === undefined ? undefined : databaseOfClaim(claim, workspace);
    if (database === undefined) return;
    report({
      message: `${nameOf(snapshot)} of claim ${claimName} (${nameOf(database.resource)}) cannot be restored: ${isFailed ? "the driver refused it (status.error)" : `after ${ageText(age)} it is still not ready`}.`,
      at: snapshot.node.nearest("status", ...(isFailed ? ["error", "message"] : ["readyToUse"])),
    });
  },
});
