import { claimsHolding, volumeBehind } from "../../domain/live/live-data.ts";
import type { Database } from "../../domain/model/database.ts";
import { count, shortName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { usersOfStorage } from "../../domain/storage/volumes.ts";
import type { Resource } from "../../kube/resource.ts";
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
    const users = usersOf(resource, workspace);
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

/** The databases on a class or volume. In a cluster their claims say the class, where a template leaves it to the default. */
function usersOf(storage: Resource, workspace: Workspace): readonly Database[] {
  const written = usersOfStorage(storage, workspace);
  if (workspace.live === undefined || storage.kind !== "StorageClass") return written;
  return workspace.topology.databases.filter((database) => {
    const claims = claimsHolding(database, workspace);
    const isUser = claims.some(({ node }) => node.text("spec", "storageClassName") === storage.name);
    return (isUser || (claims.length === 0 && written.includes(database))) && !isKept(database, workspace);
  });
}

/** Whether the volumes that a database has in a cluster were all set to stay: their own policy applies, whatever the class says. */
function isKept(database: Database, workspace: Workspace): boolean {
  const { live } = workspace;
  if (live === undefined) return false;
  const volumes = claimsHolding(database, workspace).flatMap((claim) => volumeBehind(claim, live) ?? []);
  return (
    volumes.length > 0 && volumes.every(({ node }) => node.text("spec", "persistentVolumeReclaimPolicy") === "Retain")
  );
}
