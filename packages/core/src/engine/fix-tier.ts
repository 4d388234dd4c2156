import { nameOf } from "../domain/model/names.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import { configurationReferences } from "../kube/configuration-references.ts";
import type { Resource } from "../kube/resource.ts";
import type { Workload } from "../kube/workload.ts";
import type { CutUnit } from "../project/cut-units.ts";
import type { Fix } from "../rule/finding.ts";
import { refusedBefore } from "../rule/fix.ts";

/**
 * A fix in the tier that its surroundings allow: what an existing object refuses says so, and an edit of a ConfigMap or Secret is unsafe where a generator's hash, a checksum
 * or a reload annotation ties it to Pods, for then it restarts them.
 */
export function tierOf(fix: Fix, unit: CutUnit, workspace: Workspace, subject: Resource | undefined): Fix {
  const refusal = subject === undefined ? undefined : refusalOf(fix, subject);
  if (refusal !== undefined) {
    const consequence = [fix.consequence, refusal].filter((sentence) => sentence !== undefined).join(" ");
    return { ...fix, safety: fix.safety === "procedure" ? "procedure" : "unsafe", consequence };
  }
  if (fix.safety !== "safe") return fix;
  for (const kind of ["ConfigMap", "Secret"] as const) {
    for (const object of workspace.resources.ofKind(kind)) {
      const isEdited = fix.edits.some(
        ({ uri, span, changes }) =>
          uri === object.document.file.uri &&
          object.node.yamlPath.every((segment, index) => changes?.[index] === segment) &&
          span.start >= object.document.span.start &&
          span.end <= object.document.span.end,
      );
      const tie = isEdited ? tieOf(object, unit, workspace) : undefined;
      if (tie !== undefined) return { ...fix, safety: "unsafe", consequence: tie };
    }
  }
  return fix;
}

/** Of an existing Pod only its images change, of an existing Job nothing of its Pods. https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement */
function refusalOf({ edits, consequence }: Fix, { kind, name, node, document }: Resource): string | undefined {
  const fixed = kind === "Pod" ? ["spec"] : kind === "Job" ? ["spec", "template"] : undefined;
  if (fixed === undefined || consequence === refusedBefore) return undefined;
  const isRefused = edits.some(({ uri, changes = [] }) => {
    const path = changes.slice(node.yamlPath.length);
    const isInside = uri === document.file.uri && fixed.every((segment, index) => path[index] === segment);
    return isInside && !(kind === "Pod" && path.at(-1) === "image");
  });
  return isRefused
    ? `The change is refused on an existing ${kind}: delete ${kind} ${name}, then apply it again.`
    : undefined;
}

// Helm charts: https://helm.sh/docs/howto/charts_tips_and_tricks/#automatically-roll-deployments
const checksum = /checksum|(config|secret|configmap)[-_./]?(hash|sha|version|revision)|sha256/i;
// https://github.com/stakater/Reloader, https://github.com/wave-k8s/wave
const reloadAll = /^(reloader\.stakater\.com\/(auto|search)|(configmap|secret)\.reloader\.stakater\.com\/auto)$/;
const reloadNamed = /^(configmap|secret)\.reloader\.stakater\.com\/reload$/;
const wave = "wave.pusher.com/update-on-config-change";

/** What restarts which Pods when the object changes; undefined: they see it when somebody restarts them. */
function tieOf(object: Resource, unit: CutUnit, workspace: Workspace): string | undefined {
  const what = `${object.kind} ${object.name}`;
  if (unit.hashed.has(`${object.kind}/${object.name}`))
    return `Restarts the Pods that use ${what}: its generator puts a hash of the content in the name.`;
  for (const { workload } of workspace.resources) {
    if (workload === undefined || !uses(workload, object)) continue;
    const annotations = { ...workload.resource.annotations, ...workload.podAnnotations };
    const because = Object.entries(annotations).find(
      ([name, value]) =>
        checksum.test(name) ||
        ((reloadAll.test(name) || name === wave) && value === "true") ||
        (reloadNamed.test(name) && value.split(",").some((name) => name.trim() === object.name)),
    );
    if (because !== undefined)
      return `Restarts the Pods of ${nameOf(workload.resource)}: the annotation ${because[0]} ties them to ${what}.`;
  }
  return undefined;
}

/** Whether Pods of a workload mount the object or read their environment from it. */
function uses(workload: Workload, object: Resource): boolean {
  if (object.namespace !== undefined && workload.resource.namespace !== undefined)
    if (object.namespace !== workload.resource.namespace) return false;
  const isConfigMap = object.kind === "ConfigMap";
  const source = isConfigMap ? "config-map" : "secret";
  const isMounted = workload.volumes.some(
    (volume) =>
      (volume.source === source && volume.sourceName === object.name) ||
      (volume.node.at("projected", "sources")?.items() ?? []).some(
        (each) => each.text(isConfigMap ? "configMap" : "secret", "name") === object.name,
      ),
  );
  if (isMounted) return true;
  return workload.containers
    .flatMap(configurationReferences)
    .some(({ kind, node }) => kind === object.kind && node.text("name") === object.name);
}
