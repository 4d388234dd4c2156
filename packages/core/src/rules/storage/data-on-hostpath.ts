import { nameOf, serverName } from "../../domain/model/names.ts";
import { refuseSpec } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "data-on-hostpath",
  subject: "database",
  meta: {
    summary: "The data directory is a hostPath: it stays on the node when the Pod moves.",
    rationale:
      "A Pod that is scheduled to another node finds an empty directory there and starts an empty database; the old data waits on the first node.",
    remedy: "Use a claim of a local storage class (it pins the Pod to its data), or pin the Pod to the node.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseSpec(
      ["apps/v1/statefulsets", "apps/v1/deployments"],
      "variables.dataVolumes.exists(v, has(v.hostPath)) && !has(variables.pod.nodeName) && !has(variables.pod.nodeSelector) && !(has(variables.pod.affinity) && has(variables.pod.affinity.nodeAffinity))",
    ),
    references: ["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"],
    quietWhen: "the Pod is pinned to one node (then it is an info).",
  },
  check(database, { report }) {
    const { dataDirectory, resource, workload } = database;
    const volume = dataDirectory?.mount?.volume;
    if (volume?.source !== "host-path" || workload === undefined || database.durability !== "durable") return;
    if (resource.kind === "DaemonSet") return;
    const isPinned =
      workload.podSpec.at("nodeName") !== undefined ||
      workload.podSpec.at("nodeSelector") !== undefined ||
      workload.podSpec.at("affinity", "nodeAffinity") !== undefined;
    report({
      message: `${serverName(database)} keeps its data in ${volume.sourceName ?? "a directory"} of the node: on another node ${nameOf(resource)} starts with an empty database.`,
      at: volume.node.nearest("hostPath", "path"),
      ...(isPinned ? { severity: "info" } : {}),
    });
  },
});
