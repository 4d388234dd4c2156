import { migrationTools } from "../../facts/migration-tools.ts";
import type { Container } from "../../kube/container.ts";
import { type ImageReference, shortImage } from "../../kube/image.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-image-unpinned",
  subject: "migration",
  meta: {
    summary: "A migration, or the application that needs it, runs from an image without a version.",
    rationale:
      "The migration must come from the release being rolled out. `latest` may be older (cached on the node) or newer than the application.",
    remedy: "Use the release's own tag or digest.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy"],
  },
  check({ container, workload, tool, where }, { report }) {
    const { image } = container;
    if (image === undefined) return;
    if (!isUnpinned(image)) {
      const application = where === "init" ? applicationOf(workload) : undefined;
      if (application?.image === undefined || !isUnpinned(application.image)) return;
      report({
        message: `The application may not match the schema: ${tool} migrates from ${shortImage(image)}, but ${application.image.text} ${tagWords(application.image)}.`,
        at: application.image.node,
        related: [{ message: "the migration", at: image.node }],
      });
      return;
    }
    const policy = container.node.string("imagePullPolicy");
    // The tool's own image holds no migrations.
    const isTool = migrationTools.some((each) => each.image?.test(image.name));
    const what = isTool ? `migrate with different versions of ${tool}` : `run different ${tool} migrations`;
    report({
      message:
        policy === "IfNotPresent" && !isTool
          ? `A node that has pulled ${image.text} before runs the ${tool} migrations of that older build: the tag names no release, and imagePullPolicy is IfNotPresent.`
          : `Two deployments of this manifest can ${what}: ${image.text} ${tagWords(image)}.`,
      at: image.node,
      ...(policy === "IfNotPresent" && !isTool ? { severity: "warning" as const } : {}),
    });
  },
});

function isUnpinned(image: ImageReference): boolean {
  if (image.isTemplated || image.digest !== undefined) return false;
  return image.tag === undefined || image.tag === "latest";
}

function tagWords(image: ImageReference): string {
  return image.tag === undefined ? "has no tag" : "is whatever was pushed last";
}

/** The container that a Pod exists for, when there is only one. */
function applicationOf(workload: Workload): Container | undefined {
  const mains = workload.containers.filter(({ role }) => role === "main");
  return mains.length === 1 ? mains[0] : undefined;
}
