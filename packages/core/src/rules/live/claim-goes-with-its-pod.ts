import {
  databaseOfClaim,
  isKeptByPods,
  otherKeepers,
  podOfEphemeral,
  podsUsing,
  volumeBehind,
} from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { timeText } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";
import { listed } from "../../text/listed.ts";

export default defineRule({
  id: "claim-goes-with-its-pod",
  subject: "live",
  kinds: ["PersistentVolumeClaim"],
  meta: {
    summary: "A claim of a database was deleted and waits only for the Pod that uses it.",
    rationale:
      "Deleting a claim in use marks it and waits: a finalizer keeps it until the last Pod that mounts it is gone. Any restart, eviction or node drain is then the moment at which the data goes; with reclaim policy Delete the disk goes too.",
    remedy:
      "Do not restart the Pod, and leave the finalizer alone. Set the volume to Retain (`kubectl dbops pvc protect NAME`), take a dump from the running Pod, and plan the move to a new claim.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection"],
  },
  check(claim, { workspace, report }) {
    const { live } = workspace;
    const deleted = claim.node.at("metadata", "deletionTimestamp");
    const database = deleted === undefined ? undefined : databaseOfClaim(claim, workspace);
    if (live === undefined || deleted === undefined || database === undefined) return;
    const pods = podsUsing(claim, live).map(({ name }) => `Pod ${name}`);
    // An ephemeral volume goes with its Pod by design.
    if (pods.length === 0 || !isKeptByPods(claim) || podOfEphemeral(claim, live) !== undefined) return;
    const keepers = [...pods, ...otherKeepers(claim).map((name) => `finalizer ${name}`)];
    const last = keepers.length > 1 ? `the last of them is gone` : "that Pod is gone";
    const only =
      keepers.length > 1 ? `only ${listed(keepers)} still keep it` : `only ${pods[0]}, which uses it, still keeps it`;
    const policy = volumeBehind(claim, live)?.node.string("spec", "persistentVolumeReclaimPolicy");
    const then =
      policy === "Delete"
        ? "the claim and its disk are deleted"
        : policy === "Retain"
          ? "the claim is deleted, and its volume stays behind as Released"
          : policy === "Recycle"
            ? "the claim is deleted and its volume is emptied"
            : "the claim is deleted";
    report({
      message: `${nameOf(claim)} was deleted at ${timeText(deleted.text() ?? "")}; ${only}: once ${last}, ${then}.`,
      at: deleted,
      related: [
        {
          message: "the claim holds its data",
          at: database.resource.node.nearest("metadata", "name"),
        },
      ],
    });
  },
});
