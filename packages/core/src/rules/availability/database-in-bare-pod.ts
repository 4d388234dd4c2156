import { nameOf } from "../../domain/model/names.ts";
import { refuseSpec } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-in-bare-pod",
  subject: "database",
  meta: {
    summary: "A database runs in a Pod that no controller recreates.",
    rationale: "A bare Pod is tied to its node. A drain deletes it for good.",
    remedy: "Use a StatefulSet with one replica.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseSpec(["/v1/pods"], "variables.dataVolumes.exists(v, has(v.persistentVolumeClaim))"),
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods"],
    quietWhen: "the Pod runs to completion (restartPolicy Never), or keeps no data.",
  },

  check({ resource, durability, dataDirectory }, { report }) {
    if (resource.kind !== "Pod" || durability !== "durable" || dataDirectory?.mount?.volume?.source !== "claim") return;
    if (resource.annotations["kubernetes.io/config.source"] !== undefined) return;
    report({
      message: `Nothing recreates ${nameOf(resource)} when its node fails or the Pod is evicted: the database stays down until someone applies it again.`,
      at: resource.node.nearest("kind"),
    });
  },
});
