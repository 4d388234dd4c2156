import { canGrow, sizeStep, sizesOf } from "../../change/claim-size.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "storage-size-refused",
  subject: "change",
  meta: {
    summary: "A volume is to shrink, or to grow in a class that cannot grow.",
    rationale:
      "No volume can shrink: the API server refuses a smaller request than the claim has, and the webhooks of operators do the same. Growth needs a claim that was provisioned by a class with `allowVolumeExpansion: true`, which may be switched on at any time.",
    remedy:
      "Take the smaller size back; to move to a smaller volume, dump and restore, or let a new replica fill one. To grow, set `allowVolumeExpansion: true` on the class first.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims"],
    quietWhen: "a size is filled in later, or the class of a growing claim is not in view.",
  },
  check({ before, after, isRenamed }, { report }) {
    if (before === undefined || after === undefined || isRenamed) return;
    const name = nameOf(after.resource);
    const isClaim = after.resource.kind === "PersistentVolumeClaim";
    const sizes = sizesOf(before);
    for (const [what, young] of sizesOf(after)) {
      const old = sizes.get(what);
      const step = sizeStep(old, young);
      if (old === undefined || step === undefined) continue;
      const change = `from ${old.text()} to ${young.text()}`;
      const says =
        step === "shrinks"
          ? `${name} cannot shrink ${change}: ${isClaim ? 'the API server answers "field can not be less than status.capacity"' : `the volumes for ${what} keep their size, and the operator refuses or ignores it`}`
          : isClaim && canGrow(after.resource, after.workspace.everything.resources) === false
            ? `${name} cannot grow ${change}: its class ${after.resource.node.string("spec", "storageClassName")} does not have allowVolumeExpansion: true`
            : undefined;
      if (says !== undefined)
        report({ verdict: "refused", message: `${says}.`, at: young, related: [{ message: "was", at: old }] });
    }
  },
});
