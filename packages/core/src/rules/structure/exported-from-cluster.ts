import { databasesOnClaim } from "../../domain/database/database-index.ts";
import { nameOf } from "../../domain/model/names.ts";
import { isLive } from "../../kube/live-world.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "exported-from-cluster",
  subject: "resource",
  kinds: ["PersistentVolume", "PersistentVolumeClaim", "StatefulSet", "Deployment"],
  meta: {
    summary: "A manifest contains fields that a cluster filled in.",
    rationale:
      "A claim exported with its volume's name wants exactly that disk; a volume exported with the claim's uid belongs to a claim that is gone: applied again, in another cluster or after a deletion, they stay Lost, Released or Pending forever.",
    remedy:
      "Remove `metadata.uid`, `resourceVersion`, `creationTimestamp`, `status`, `spec.claimRef.uid`, and the annotations `pv.kubernetes.io/*` with `spec.volumeName`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding"],
    quietWhen: "the object was read from a cluster, or no database in view uses it.",
  },
  check(resource, { workspace, report }) {
    if (isLive(resource)) return;
    const { node, kind, name } = resource;
    const { topology } = workspace;
    if (kind === "PersistentVolumeClaim") {
      const volume = node.at("spec", "volumeName");
      if (volume === undefined || resource.annotations["pv.kubernetes.io/bind-completed"] === undefined) return;
      if (databasesOnClaim(name, topology).length === 0 || hasPlaceholder(volume.text() ?? "")) return;
      report({
        message: `${nameOf(resource)} was exported from a cluster: applied again, it waits for volume ${volume.text() ?? ""}, which belongs to the old claim.`,
        at: volume,
      });
      return;
    }
    if (kind === "PersistentVolume") {
      const uid = node.at("spec", "claimRef", "uid");
      const claim = node.string("spec", "claimRef", "name");
      if (uid === undefined || claim === undefined || databasesOnClaim(claim, topology).length === 0) return;
      report({
        message: `${nameOf(resource)} was exported from a cluster: it is reserved for the original claim ${claim} (by its uid), and stays Released for a new one of that name.`,
        at: uid,
        point: "key",
      });
      return;
    }
    const uid = node.at("metadata", "uid") ?? node.at("metadata", "resourceVersion");
    if (uid === undefined || resource.workload === undefined || topology.databaseOf(resource.workload) === undefined)
      return;
    report({
      message: `${nameOf(resource)} was exported from a cluster: with its uid or resourceVersion it is refused wherever the object has a different one.`,
      at: uid,
      point: "key",
      severity: "info",
      presets: [],
    });
  },
});
