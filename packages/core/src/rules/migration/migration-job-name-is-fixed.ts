import { nameOf } from "../../domain/model/names.ts";
import type { ImageReference } from "../../kube/image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-job-name-is-fixed",
  subject: "migration",
  meta: {
    summary: "A migration Job keeps its name while its image changes.",
    rationale:
      "The Pod template of a Job cannot be changed. The second release fails to apply, or, with an unchanged image, does not run the migration.",
    remedy:
      "Make it a hook (Helm, Argo CD), use `generateName` with `kubectl create`, put the release into the name, or have it expire (`ttlSecondsAfterFinished`).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/job/"],
    quietWhen: "the Job is a hook, has a generated name or a TTL, or its name carries a version.",
  },
  check({ where, workload, container, tool }, { report }) {
    const { resource } = workload;
    if (tool === "psql") return; // its image is no release of the application's
    if (where !== "job" || resource.kind !== "Job" || resource.node.at("metadata", "generateName") !== undefined)
      return;
    if (
      /[$<{]/.test(resource.name) ||
      Object.keys(resource.annotations).some((name) =>
        /helm\.sh\/hook|argocd\.argoproj\.io\/(hook|sync-options)|kustomize\.toolkit|kapp\.k14s\.io|werf/.test(name),
      )
    )
      return;
    if (
      resource.node.at("spec", "ttlSecondsAfterFinished") !== undefined ||
      /[0-9a-f]{7,}|v?\d+[.-]\d+|[-.][vr]?\d+$/.test(resource.name)
    )
      return;
    report({
      message: isMoving(container.image)
        ? `The next apply of ${nameOf(resource)} changes nothing, and the migration does not run again: name and image (${container.image?.text ?? ""}) are the same, whatever the tag stands for by then.`
        : `The next release cannot apply ${nameOf(resource)}: a Job's Pod template is immutable, so with a new image and the same name the API server answers "field is immutable".`,
      at: resource.node.nearest("metadata", "name"),
    });
  },
});

function isMoving(image: ImageReference | undefined): boolean {
  return (
    image !== undefined &&
    image.digest === undefined &&
    !image.isTemplated &&
    /^(latest|main|master|dev|develop|staging|edge|stable)$/.test(image.tag ?? "latest")
  );
}
