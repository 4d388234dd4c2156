import { databaseOfClaim, podsUsing } from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { ageText, between, minutes } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "claim-stays-pending",
  subject: "live",
  kinds: ["PersistentVolumeClaim"],
  meta: {
    summary: "A Pod of a database waits for a claim that is not bound.",
    rationale:
      "No volume was found or made for the claim: the class does not exist, its provisioner does not run or is out of space, or no node fits. The Pod stays Pending.",
    remedy: "Look at the claim's events (`kubectl describe pvc NAME`): they say what the provisioner answers.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding"],
    quietWhen: "the claim is younger than five minutes, or no Pod uses it yet.",
  },
  check(claim, { workspace, report }) {
    const { live } = workspace;
    const phase = claim.node.at("status", "phase");
    if (live === undefined || phase?.text() !== "Pending") return;
    const age = between(claim.node.text("metadata", "creationTimestamp"), live.readAt);
    if (age === undefined || age < minutes(5)) return;
    const database = databaseOfClaim(claim, workspace);
    const [pod] = podsUsing(claim, live);
    if (database === undefined || pod === undefined) return;
    const className = claim.node.text("spec", "storageClassName");
    const isMissing =
      className !== undefined &&
      live.ofKind("StorageClass").length > 0 &&
      live.find("StorageClass", className, undefined) === undefined;
    const why = isMissing
      ? `there is no class ${className}`
      : className === undefined || className === ""
        ? "it names no class"
        : `class ${className} has given it no volume`;
    report({
      message: `${nameOf(claim)} has been Pending for ${ageText(age)}, and Pod ${pod.name} of ${nameOf(database.resource)} waits for it: ${why}.`,
      at: phase,
    });
  },
});
