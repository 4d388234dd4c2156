import { migrationTools } from "../../facts/migration-tools.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-image-unpinned",
  subject: "migration",
  meta: {
    summary: "A migration runs from an image without a version.",
    rationale:
      "The migration must come from the release that is rolled out. `latest` may be older (cached on the node) or newer than the application.",
    remedy: "Use the release's own tag or digest.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy"],
  },
  check({ container, workload, tool }, { workspace, report }) {
    const { image } = container;
    if (
      image === undefined ||
      image.isTemplated ||
      image.digest !== undefined ||
      workload.resource.isPatched ||
      workspace.unit.rewrittenImages.has(image.repository)
    )
      return;
    if (image.tag !== undefined && image.tag !== "latest") return;
    const policy = container.node.string("imagePullPolicy");
    // The tool's own image holds no migrations.
    const isTool = migrationTools.some((each) => each.image?.test(image.name));
    const what = isTool ? `Which version of ${tool} migrates depends` : `Which ${tool} migrations run depends`;
    report({
      message:
        policy === "IfNotPresent" && !isTool
          ? `A node that has pulled ${image.text} before runs the ${tool} migrations of that older build: the tag says nothing of the release, and imagePullPolicy is IfNotPresent.`
          : `${what} on the moment: ${image.text} ${image.tag === undefined ? "has no tag" : "is whatever was pushed last"}.`,
      at: image.node,
      ...(policy === "IfNotPresent" && !isTool ? { severity: "warning" as const } : {}),
    });
  },
});
