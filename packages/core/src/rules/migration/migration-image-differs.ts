import { nameOf } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import type { ImageReference } from "../../kube/image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-image-differs",
  subject: "migration",
  meta: {
    summary: "The migration and the application run from different versions of one image.",
    rationale:
      "The migrations of a release come in its image. An older tag in the init container or Job leaves out the newest ones, and the application starts on a schema that it does not know; a newer one is ahead of it.",
    remedy: "Use one tag or digest for both, from one value of the chart or one `images` entry of the kustomization.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/containers/images/"],
    quietWhen:
      "the repositories differ, a tag is filled in later, or several versions of the application run on purpose.",
  },
  check({ container, workload, tool, where }, { workspace, report }) {
    const { image } = container;
    if (!isVersioned(image) || (where !== "init" && workload.resource.kind !== "Job")) return;
    const others: readonly Container[] =
      where === "init"
        ? workload.containers.filter(({ role }) => role === "main")
        : [...workspace.resources].flatMap(({ kind, workload: each, isUnsettled }) =>
            each !== undefined && !isUnsettled && /^(?:Deployment|StatefulSet)$/.test(kind)
              ? each.containers.filter(({ role }) => role === "main")
              : [],
          );
    const versions = others.filter(
      (each) =>
        isVersioned(each.image) && each.image.repository === image.repository && each.image.registry === image.registry,
    );
    const [first] = versions;
    // Side by side they may be two stages of one rollout.
    if (first?.image === undefined || new Set(versions.map((each) => versionOf(each.image))).size > 1) return;
    if (versionOf(first.image) === versionOf(image)) return;
    report({
      message: `${tool} migrates with ${versionOf(image)} of ${image.name}, and ${nameOf(first.workload.resource)} runs ${versionOf(first.image)}: the schema is not that of the application.`,
      at: image.node,
      related: [{ message: "the application", at: first.image.node }],
    });
  },
});

function isVersioned(image: ImageReference | undefined): image is ImageReference {
  return image !== undefined && !image.isTemplated && versionOf(image) !== undefined && image.tag !== "latest";
}

const versionOf = (image: ImageReference | undefined): string | undefined => image?.tag ?? image?.digest;
