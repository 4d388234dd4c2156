import { nameOf } from "../../domain/model/names.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "mount-names-no-volume",
  subject: "workload",
  meta: {
    summary: "A volumeMount names a volume that the Pod does not have, so no Pod is ever created.",
    rationale:
      "The API server accepts such a StatefulSet (before 1.34) and the controller then fails to create its Pods: the only trace is a FailedCreate event.",
    remedy: "Name one of the volumes or claim templates of the Pod.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/kubernetes/kubernetes/issues/81147"],
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    if (!concernsDatabases(workload, workspace.topology)) return;
    for (const container of workload.containers) {
      for (const mount of container.mounts) {
        if (mount.volume !== undefined || /[$<{]/.test(mount.name)) continue;
        const names = workload.volumes.map((volume) => volume.name);
        if (names.some(hasPlaceholder)) continue;
        report({
          message: `Container ${container.name} of ${nameOf(resource)} mounts ${mount.name}, which the Pod does not have${names.length === 0 ? "" : ` (it has ${names.join(", ")})`}: no Pod is created.`,
          at: mount.node.nearest("name"),
        });
      }
    }
  },
});
