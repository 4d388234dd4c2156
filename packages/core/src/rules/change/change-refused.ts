import type { Side } from "../../change/change.ts";
import { templateChanges } from "../../change/claim-templates.ts";
import { isOurs } from "../../change/concerns.ts";
import { nameOf } from "../../domain/model/names.ts";
import { appliersOf } from "../../domain/workspace/gitops.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "change-refused",
  subject: "change",
  meta: {
    summary: "The change touches a field that the API server lets nobody change.",
    rationale:
      "Some fields are taken only when the object is created: `volumeClaimTemplates` and `serviceName` of a StatefulSet, the template of a Job, the class of a claim. `kubectl apply` fails at this object and the object stays as it is; a GitOps controller retries forever, and what waits for it is not applied.",
    remedy:
      "Take the change back, or recreate the object: `kubectl delete statefulset NAME --cascade=orphan` leaves Pods and claims alone, and the new manifest adopts them. A claim that exists keeps its size and class: grow it itself.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations"],
    quietWhen:
      "the object has nothing to do with a database, the field holds a value that is filled in later, or the kind's fields are not known.",
  },
  check({ before, after, acceptance }, { report }) {
    if (after === undefined || (acceptance.refusals.length > 0 && !isOurs(after))) return;
    const forced = forcedBy(after);
    const empty = emptyOnceRecreated(before, after);
    for (const { field, place, words, at, was } of acceptance.refusals)
      report({
        verdict: "refused",
        message: `The API server refuses the new ${field} of ${nameOf(after.resource)} ("${place}: … ${words}"): ${forced ?? "the object stays as it is, and the rest of this change to it is not applied either"}${field === "spec.volumeClaimTemplates" ? empty : ""}.`,
        remedy: remedyFor(after.resource.kind, after.resource.name),
        at,
        point: at === after.resource.node ? "key" : "value",
        related: [{ message: "the old one", at: was }],
      });
  },
});

/** undefined: a StatefulSet, whose Pods and claims outlive it. */
function remedyFor(kind: string, name: string): string | undefined {
  switch (kind) {
    case "StatefulSet":
      return undefined;
    case "Job":
      return `Give the Job another name for each version, or delete the old one before: \`kubectl delete job ${name}\`. \`ttlSecondsAfterFinished\` deletes it in time, a hook of Helm or Argo CD each time.`;
    case "PersistentVolumeClaim":
      return "Take the change back. A claim that exists keeps all but its size: make a new claim beside it, and copy the data.";
    case "PersistentVolume":
    case "StorageClass":
      return "Take the change back, or make a new object beside it under another name: what exists keeps what it was made with.";
    case "Deployment":
    case "DaemonSet":
      return `Take the change back, or recreate the object: \`kubectl delete ${kind.toLowerCase()} ${name}\` ends its Pods, and the new manifest starts others.`;
    default:
      return "Take the change back, or delete the object and create it again, when nobody needs it meanwhile.";
  }
}

/** Of a claim template with another name: Pods find their claims by it. */
function emptyOnceRecreated(before: Side | undefined, after: Side): string {
  const renamed = before === undefined ? undefined : templateChanges(before.resource, after.resource).renamed;
  return renamed === undefined
    ? ""
    : `; recreated, its Pods start on new, empty claims ${renamed.to}-${after.resource.name}-…, and the data stays in ${renamed.from}-${after.resource.name}-…`;
}

/** What a GitOps tool that is told to does instead of giving up. */
function forcedBy({ resource, workspace }: Side): string | undefined {
  const { annotations } = resource;
  const flux = "kustomize.toolkit.fluxcd.io/force";
  const isOptedOut = /^disabled$/i.test(annotations[flux] ?? "");
  const appliers = appliersOf(resource, workspace);
  if (/^enabled$/i.test(annotations[flux] ?? "")) return `Flux deletes and recreates it (${flux}: enabled)`;
  if (
    !isOptedOut &&
    appliers.some(({ kind, node }) => kind === "Kustomization" && node.boolean("spec", "force") === true)
  )
    return "Flux deletes and recreates it (force: true)";
  if (/(^|,)\s*Force=true\b/.test(annotations["argocd.argoproj.io/sync-options"] ?? ""))
    return "Argo CD deletes and recreates it (Force=true)";
  return undefined;
}
