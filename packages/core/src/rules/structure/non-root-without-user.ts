import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { type ImageUser, userOfImage } from "../../facts/image-users.ts";
import { securityField } from "../../kube/security.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { type Edits, insertKey } from "../../yaml/edit.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "non-root-without-user",
  subject: "database",
  meta: {
    summary: "runAsNonRoot is set for an image that starts as root, without a user to run as.",
    rationale:
      "The official images start as root and then drop privileges themselves. With `runAsNonRoot: true` and no `runAsUser` the kubelet checks the image's user, finds root and does not start the container: `container has runAsNonRoot and image will run as root`.",
    remedy: "Add `runAsUser` (and `runAsGroup`, `fsGroup`) with the IDs of the image's own user.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/kubelet/kuberuntime/security_context.go",
      "https://github.com/docker-library/postgres/blob/master/Dockerfile-debian.template",
    ],
    quietWhen:
      "the image is not an official one or derived from one, or OpenShift objects are in view (OpenShift gives each Pod a user).",
  },
  check(database, { workspace, report }) {
    const { container, image, resource } = database;
    if (container === undefined || image === undefined || image.isTemplated) return;
    const nonRoot = securityField(container, "runAsNonRoot");
    const user = userOfImage(image.name, image.tag);
    if (nonRoot?.value !== true || user === undefined || securityField(container, "runAsUser") !== undefined) return;
    if (resource.document.root?.string("kind") === "Template" || isOpenShift(workspace)) return;
    const holder = container.node.at("securityContext") ?? container.workload.podSpec.at("securityContext");
    report({
      message: `${nameOf(resource)} never starts: ${serverName(database)} starts as root, and runAsNonRoot without a runAsUser forbids that; the image's own user is ${user.name} (${user.id}).`,
      at: nonRoot,
      fixes: [
        editFix({
          title: `Run as ${user.name} (${user.id})`,
          safety: "unsafe",
          consequence: `Changes the Pods of ${resource.name}; files that another user wrote on its volumes keep their owner.`,
          edits: holder === undefined ? undefined : becomes(user, holder, container.workload.podSpec),
        }),
      ],
    });
  },
});

/** There the namespace has a range of users, from which a Pod that names none gets one. */
function isOpenShift({ everything }: Workspace): boolean {
  return everything.resources.ofKind("Route").length + everything.resources.ofKind("DeploymentConfig").length > 0;
}

/** The user where runAsNonRoot stands, and its group for volumes at the Pod, unless one is named. */
function becomes(user: ImageUser, holder: YamlNode, podSpec: YamlNode): Edits {
  const pod = podSpec.at("securityContext");
  const run = insertKey(holder, "runAsUser", user.id, { after: "runAsNonRoot" });
  const group =
    pod === undefined
      ? insertKey(podSpec, "securityContext", { fsGroup: user.group })
      : pod.at("fsGroup") === undefined
        ? insertKey(pod, "fsGroup", user.group)
        : [];
  return run === undefined || group === undefined ? undefined : [...run, ...group];
}
