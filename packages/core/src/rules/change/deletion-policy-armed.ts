import type { Side } from "../../change/change.ts";
import { nameOf } from "../../domain/model/names.ts";
import { writtenDeletions } from "../../domain/operators/deletion.ts";
import type { AdmissionCheck } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

/** Of a volume: it alone says whether its disk stays. */
const policyArmed: AdmissionCheck = {
  resources: ["/v1/persistentvolumes"],
  part: "spec",
  operations: ["UPDATE"],
  refuses:
    "object.spec.persistentVolumeReclaimPolicy == 'Delete' && oldObject.spec.persistentVolumeReclaimPolicy != 'Delete'",
};

export default defineRule({
  id: "deletion-policy-armed",
  subject: "change",
  meta: {
    summary: "From this change on, deleting or scaling down takes the data along.",
    rationale:
      "`persistentVolumeClaimRetentionPolicy` and the reclaim policy of a volume take effect at once, for claims and volumes that exist: the controller adds owner references to the claims, and nothing restarts. Nothing is lost yet. The next `kubectl delete`, prune or scale-down is what loses it.",
    remedy: "Keep Retain for databases, and delete claims by hand when a last dump is kept.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: policyArmed,
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention",
      "https://kubernetes.io/docs/tasks/administer-cluster/change-pv-reclaim-policy/",
    ],
    quietWhen: "the policy was Delete before, or the data is declared a cache or ephemeral.",
  },
  check({ before, after, isRenamed }, { report }) {
    if (before === undefined || after === undefined || isRenamed) return;
    if (after.database !== undefined && after.database.durability !== "durable") return;
    const old = new Set(policiesOf(before).map(({ says }) => says));
    for (const { says, effect, at } of policiesOf(after))
      if (!old.has(says)) report({ message: `${nameOf(after.resource)} now has ${says}: ${effect}.`, at });
  },
});

interface Policy {
  readonly says: string;
  readonly effect: string;
  readonly at: Place;
}

function policiesOf({ resource, database }: Side): readonly Policy[] {
  const { node, kind } = resource;
  const isDelete = (says: string, effect: string, ...path: readonly string[]): readonly Policy[] => {
    const at = node.at(...path);
    return at?.string() === "Delete" ? [{ says, effect, at }] : [];
  };
  const retention = ["spec", "persistentVolumeClaimRetentionPolicy"];
  if (kind === "StatefulSet" && (node.at("spec", "volumeClaimTemplates")?.items().length ?? 0) > 0)
    return [
      ...isDelete("whenDeleted: Delete", "deleting it deletes all its claims", ...retention, "whenDeleted"),
      ...isDelete(
        "whenScaled: Delete",
        "scaling it down deletes the claims of the removed Pods",
        ...retention,
        "whenScaled",
      ),
    ];
  if (kind === "PersistentVolume")
    return isDelete(
      "persistentVolumeReclaimPolicy: Delete",
      "deleting its claim deletes the disk",
      "spec",
      "persistentVolumeReclaimPolicy",
    );
  if (database?.operator === undefined) return [];
  return writtenDeletions(database).map(({ takes, because, at }) => ({
    says: because,
    effect: `deleting it deletes its ${takes === "backups" ? "backups" : "claims and their data"}`,
    at,
  }));
}
