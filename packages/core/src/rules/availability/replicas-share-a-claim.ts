import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { isSingleWriter } from "../../domain/workspace/conditions.ts";
import { refuseSpec } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "replicas-share-a-claim",
  subject: "database",
  meta: {
    summary: "Several Pods mount one claim as the data directory of a server that needs it to itself.",
    rationale:
      "Two servers on one data directory destroy it: each caches its own view of the files in memory. The lock file does not help across nodes.",
    remedy: "Give each Pod a claim of its own (`volumeClaimTemplates`), or run one replica.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseSpec(
      ["apps/v1/statefulsets", "apps/v1/deployments"],
      "object.spec.replicas > 1 && variables.dataVolumes.exists(v, has(v.persistentVolumeClaim))",
    ),
    references: ["https://www.postgresql.org/docs/current/creating-cluster.html"],
    quietWhen: "one replica runs, or each Pod has its own subdirectory (`subPathExpr`).",
  },

  check(database, { workspace, report }) {
    const { resource, workload, dataDirectory, instances } = database;
    const mount = dataDirectory?.mount;
    if (workload === undefined || mount?.volume?.source !== "claim" || !isSingleWriter(database)) return;
    const claim = mount.volume.sourceName ?? mount.name;
    if (instances.value !== undefined && instances.value > 1 && mount.subPath?.includes("$") !== true) {
      report({
        message: `${instances.value === 2 ? "Both" : `All ${instances.value}`} Pods of ${nameOf(resource)} mount claim ${claim} at ${mount.mountPath}: ${instances.value} ${serverName(database)} servers write to one data directory.`,
        at: instances.at,
        related: [{ message: "the claim", at: mount.volume.node.nearest("persistentVolumeClaim", "claimName") }],
      });
      return;
    }
    const others = workspace.topology.databases.filter(
      (other) =>
        other !== database &&
        other.workload !== undefined &&
        other.resource.kind !== "Pod" &&
        sharesClaim(database, other),
    );
    const [other] = others;
    // One of the two speaks: the one that stands later.
    if (
      other === undefined ||
      resource.kind === "Pod" ||
      other.resource.node.span.start > resource.node.span.start ||
      other.resource.document.file !== resource.document.file
    )
      return;
    report({
      message: `${nameOf(resource)} and ${nameOf(other.resource)} mount the same claim ${claim} as their data directory: two servers write to one directory.`,
      at: mount.volume.node.nearest("persistentVolumeClaim", "claimName"),
      related: [{ message: "the other one", at: other.resource.node.nearest("metadata", "name") }],
    });
  },
});

function sharesClaim(a: Database, b: Database): boolean {
  const first = a.dataDirectory?.mount;
  const second = b.dataDirectory?.mount;
  if (
    first?.volume?.source !== "claim" ||
    second?.volume?.source !== "claim" ||
    first.volume.sourceName !== second.volume.sourceName
  )
    return false;
  if (a.resource.namespace !== b.resource.namespace || first.subPath !== second.subPath) return false;
  return first.mountPath === second.mountPath || a.engine === b.engine;
}
