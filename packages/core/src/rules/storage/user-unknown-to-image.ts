import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { namesAnyUser, userOfImage } from "../../facts/image-users.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { securityField } from "../../kube/security.ts";
import type { Workload } from "../../kube/workload.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "user-unknown-to-image",
  subject: "database",
  meta: {
    summary: "An old Alpine image of PostgreSQL runs as a user that it does not have.",
    rationale:
      "initdb asks for the name of the user it runs as, and exits without one. The Debian image makes one up (nss_wrapper), the Alpine image does only since December 2022 (15.1, 14.6, 13.9, 12.13, 11.18): before that it knows its own user postgres, whose id is 70; 999 is that of the Debian image.",
    remedy:
      "Pin a newer minor, or run the Alpine image as 70 (`runAsUser`, `runAsGroup` and `fsGroup`), or use the Debian image.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://github.com/docker-library/docs/blob/master/postgres/content.md#arbitrary---user-notes",
      "https://github.com/docker-library/postgres/pull/1018",
    ],
    quietWhen:
      "the image is recent or its minor version is not written, the image's entrypoint does not run, a service account of its own may be allowed any user, /etc/passwd is mounted, or the id is one that Alpine gives to a user of its own.",
  },
  check(database, { workspace, report }) {
    const { container, image, engine, resource, workload, version } = database;
    if (engine !== "postgresql" || container === undefined || image === undefined || image.isTemplated) return;
    if (
      container.overridesEntrypoint ||
      container.mounts.some(({ mountPath }) => hasPlaceholder(mountPath) || /^\/etc(?:\/passwd)?$/.test(mountPath))
    )
      return;
    if (namesAnyUser(version.value)) return;
    const own = userOfImage(image.name, image.tag);
    const user = securityField(container, "runAsUser");
    const id = user?.integer();
    if (own?.id === 70 && user === undefined && workload !== undefined && runsAsAnyone(workload, workspace)) {
      report({
        message: `OpenShift runs ${serverName(database)} of ${nameOf(resource)} as a user of the project's range, which the Alpine image does not have: initdb fails with "could not look up effective user ID", and a new database never starts.`,
        at: image.node,
        severity: "warning",
        remedy:
          "Pin a newer minor or use the Debian image, which make up a name (nss_wrapper), or one made for OpenShift (sclorg).",
      });
      return;
    }
    // Ids below 500 are the distribution's own, 65534 is nobody.
    if (own?.id !== 70 || user === undefined || id === undefined || id < 500 || id === 65534) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} runs as user ${id}, which the Alpine image does not have: initdb fails with "could not look up effective user ID ${id}", and a new database never starts.`,
      at: user,
      fixes: [
        editFix({
          title: `Set runAsUser to ${own.id}`,
          safety: "unsafe",
          consequence: `Restarts every instance of ${resource.name}. An existing data directory belongs to ${id}: the server refuses to start until its owner is changed.`,
          edits: setValue(user, own.id),
        }),
      ],
    });
  },
});

/** On OpenShift, under the default service account: https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html */
function runsAsAnyone({ podSpec }: Workload, { resources }: Workspace): boolean {
  const account = podSpec.text("serviceAccountName") ?? podSpec.text("serviceAccount") ?? "default";
  return account === "default" && openShiftKinds.some((kind) => resources.ofKind(kind).length > 0);
}

const openShiftKinds = ["Route", "DeploymentConfig"] as const;
