import { nameOf } from "../../domain/model/names.ts";
import { accessModes, claimOf, isSingleWriter } from "../../domain/workspace/conditions.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "rolling-update-on-single-writer-claim",
  subject: "database",
  meta: {
    summary: "A rolling update runs two servers on one ReadWriteOnce claim, or never finishes.",
    rationale:
      "The default strategy starts the new Pod first. ReadWriteOnce bars it from other nodes, where the rollout waits forever; on the same node both servers open the same data directory.",
    remedy: "Set `strategy.type: Recreate`, or use a StatefulSet.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment",
      "https://github.com/bitnami/charts/issues/7405",
    ],
    quietWhen: "the strategy is Recreate, maxSurge is 0, or the claim is not in view.",
  },

  check(database, { workspace, report }) {
    const { resource, workload, dataDirectory, durability, instances } = database;
    if (!/^(Deployment|DeploymentConfig|Rollout)$/.test(resource.kind) || workload === undefined) return;
    const mount = dataDirectory?.mount;
    if (mount?.volume?.source !== "claim" || !isSingleWriter(database) || instances.value === 0) return;
    const claim = claimOf(workload, mount.name, workspace.resources);
    if (claim === undefined) return;
    const modes = accessModes(claim.spec);
    const strategy = resource.node.string("spec", "strategy", "type");
    if (
      strategy === "Recreate" ||
      hasPlaceholder(strategy ?? "") ||
      resource.kind === "DeploymentConfig" ||
      modes.includes("ReadWriteMany") ||
      !modes.includes("ReadWriteOnce")
    )
      return;
    const surge = resource.node.text("spec", "strategy", "rollingUpdate", "maxSurge") ?? "25%";
    if (/^0%?$/.test(surge) || hasPlaceholder(surge)) return;
    const isCache = database.engine === "redis" || database.engine === "valkey" || durability !== "durable";
    const type = resource.node.at("spec", "strategy", "type");
    const spec = resource.node.at("spec");
    const strategyNode = resource.node.at("spec", "strategy");
    const canReplace = type !== undefined && strategyNode?.at("rollingUpdate") === undefined;
    report({
      message: `A rollout of ${nameOf(resource)} starts the new Pod while the old one still uses claim ${mount.volume.sourceName ?? mount.name}: on another node it waits forever for the volume, on the same node two servers open ${dataDirectory?.path.value ?? "one directory"}.`,
      at: type ?? resource.node.nearest("spec", "strategy"),
      ...(type === undefined ? { point: "key" as const } : {}),
      ...(isCache ? { severity: "warning" as const } : {}),
      related: [{ message: "the claim is ReadWriteOnce", at: claim.spec.nearest("accessModes") }],
      fixes: [
        editFix({
          title: "Stop the old Pod before the new one starts (Recreate)",
          safety: "unsafe",
          consequence: `Every later update means downtime while the Pod is replaced.${resource.kind === "Deployment" ? ` ${serverSideApply(resource)}` : ""}`,
          edits:
            strategyNode === undefined && spec !== undefined
              ? insertKey(spec, "strategy", { type: "Recreate" }, { after: "replicas" })
              : canReplace
                ? setValue(type, "Recreate")
                : undefined,
        }),
      ],
    });
  },
});

/** The defaults of the other strategy stay in the object when it is applied there. https://github.com/kubernetes/kubernetes/issues/24198 */
function serverSideApply({ name, namespace }: Resource): string {
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  return `Server-side apply (Flux, Argo CD, Helm 4) is refused while the object has a rollingUpdate; run first: kubectl patch deployment ${name}${where} --type json -p '[{"op":"replace","path":"/spec/strategy","value":{"type":"Recreate"}}]'`;
}
