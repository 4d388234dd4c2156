import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "claim-template-not-mounted",
  subject: "database",
  meta: {
    summary: "No container mounts a claim template: each Pod gets a disk that nothing uses.",
    rationale:
      "The claim is created and paid for, while the server writes elsewhere, often into the container's own layer, which is gone at the next restart.",
    remedy: "Add a volumeMount with the template's name at the data directory.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/#StatefulSetSpec",
    ],
  },
  check({ workload, resource, dataDirectory }, { report }) {
    if (workload === undefined) return;
    for (const volume of workload.volumes) {
      if (volume.source !== "claim-template") continue;
      const isUsed = workload.containers.some(
        (container) =>
          container.mounts.some((mount) => mount.name === volume.name || hasPlaceholder(mount.name + volume.name)) ||
          (container.node.at("volumeDevices")?.items() ?? []).some((device) => device.string("name") === volume.name),
      );
      if (isUsed) continue;
      const losesData =
        dataDirectory !== undefined && dataDirectory.path.value !== undefined && dataDirectory.mount === undefined;
      report({
        message: `No container of ${nameOf(resource)} mounts claim template ${volume.name}: each Pod gets a disk that nothing writes to${losesData ? `, and ${dataDirectory.path.value} is on no volume` : ""}.`,
        at: volume.node.nearest("metadata", "name"),
        ...(losesData ? { severity: "error" } : {}),
      });
    }
  },
});
