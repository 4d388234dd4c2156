import { count, shortName } from "../../domain/model/names.ts";
import { usersOfStorage } from "../../domain/storage/volumes.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "storage-class-deletes-volumes",
  subject: "resource",
  kinds: ["StorageClass", "PersistentVolume"],
  meta: {
    summary: "The disk of a database is deleted with its claim.",
    rationale:
      "With `reclaimPolicy: Delete`, the default, the disk is deleted with its claim: a deleted namespace, a pruned claim, a `kubectl delete -f` of the folder. With Retain the disk stays and can be bound again.",
    remedy:
      'Use a class with `reclaimPolicy: Retain` for databases. Existing volumes are patched one by one: `kubectl patch pv NAME -p \'{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}\'`.',
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaim-policy"],
    quietWhen: "no database in view uses the class.",
  },
  check(resource, { workspace, report }) {
    const isClass = resource.kind === "StorageClass";
    // Such a class makes no volumes: each hand-made one has a policy of its own.
    if (isClass && resource.node.string("provisioner") === "kubernetes.io/no-provisioner") return;
    const policy = resource.node.at(...(isClass ? ["reclaimPolicy"] : ["spec", "persistentVolumeReclaimPolicy"]));
    if (isClass ? policy !== undefined && policy.string() !== "Delete" : policy?.string() !== "Delete") return;
    const users = usersOfStorage(resource, workspace);
    const [first] = users;
    if (first === undefined) return;
    const whose = users.length === 1 ? `${shortName(first.resource)}` : count(users.length, "database");
    report({
      message: `${isClass ? `Class ${resource.name}` : `Volume ${resource.name}`} deletes the disk of ${whose} when its claim is deleted (reclaimPolicy: Delete${policy === undefined ? ", the default" : ""}).`,
      at: policy ?? resource.node.nearest("metadata", "name"),
      ...(isClass ? {} : { severity: "warning" }),
      related: users.slice(0, 3).map((user) => ({
        message: `${user.resource.kind} ${shortName(user.resource)} uses it`,
        at: user.resource.node.nearest("metadata", "name"),
      })),
    });
  },
});
