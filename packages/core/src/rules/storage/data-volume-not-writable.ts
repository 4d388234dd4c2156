import { whyRedisKeepsNothing } from "../../domain/database/redis-replication.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { isDirectoryVolume } from "../../domain/storage/volumes.ts";
import { claimOf } from "../../domain/workspace/conditions.ts";
import { type Command, writtenLine } from "../../embedded/command.ts";
import { fsGroupOf, securityField } from "../../kube/security.ts";
import type { Workload } from "../../kube/workload.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey } from "../../yaml/edit.ts";

export default defineRule({
  id: "data-volume-not-writable",
  subject: "database",
  meta: {
    summary: "The server runs as a non-root user, and nothing gives it access to the volume.",
    rationale:
      "A freshly formatted disk belongs to root, mode 0755. Without `fsGroup` or an init container that runs `chown`, a server that starts as another user exits with `Permission denied` before it has written a file.",
    remedy: "Add `fsGroup` with the group of `runAsUser` to the Pod's securityContext.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    quietWhen:
      "an init container changes the owner or runs a script that is not in view, or the class provides directories (nfs, local-path, hostPath).",
  },
  check(database, { workspace, report }) {
    const { container, workload, dataDirectory, resource } = database;
    const mount = dataDirectory?.mount;
    if (container === undefined || workload === undefined || mount === undefined) return;
    if (mount.volume?.source !== "claim-template" && mount.volume?.source !== "claim") return;
    const user = securityField(container, "runAsUser");
    const id = user?.integer();
    if (user === undefined || id === undefined || id === 0 || fsGroupOf(workload) !== undefined || isPrepared(workload))
      return;
    const claim = claimOf(workload, mount.name, workspace.resources);
    if (claim === undefined || isDirectoryVolume(claim.spec, workspace.everything.resources)) return;
    const effect = withoutAccess(database);
    if (effect === undefined) return;
    const context = workload.podSpec.at("securityContext");
    const group = securityField(container, "runAsGroup")?.integer() ?? id;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} runs as ${id}, and a new disk at ${mount.mountPath} belongs to root: without fsGroup or chown ${effect}.`,
      at: user,
      related: [{ message: "the volume", at: mount.node.nearest("mountPath") }],
      fixes: [
        editFix({
          title: `Give volumes to group ${group}`,
          safety: "unsafe",
          consequence: `Restarts every instance of ${resource.name}; group ${group} can then read and write all files on its volumes.`,
          edits:
            context === undefined
              ? insertKey(workload.podSpec, "securityContext", {
                  fsGroup: group,
                  fsGroupChangePolicy: "OnRootMismatch",
                })
              : insertKey(context, "fsGroup", group),
        }),
      ],
    });
  },
});

/** What a server does that may not write there; undefined: it never tries. */
function withoutAccess(database: Database): string | undefined {
  const exits = 'it exits with "Permission denied"';
  const { engine, settings } = database;
  if (engine !== "redis" && engine !== "valkey") return exits;
  if (whyRedisKeepsNothing(database) !== undefined) return undefined;
  // stop-writes-on-bgsave-error
  return settings.get("appendonly")?.value === "yes"
    ? exits
    : "its first snapshot fails, and it refuses writes from then on";
}

/** A script of the image or of a ConfigMap: what it does is not in view. */
function isScriptFile({ words }: Command): boolean {
  const program = words[0]?.text ?? "";
  return /^\/|\.sh$/.test(program) && !/^(\/usr)?(\/local)?\/s?bin\/[^.]+$/.test(program);
}

function isPrepared(workload: Workload): boolean {
  return workload.containers.some(
    (container) =>
      container.role === "init" &&
      (!container.commandsAreComplete ||
        container.commands.some(isScriptFile) ||
        container.commands.some((command) => /\b(chown|chmod|install|setfacl)\b/.test(writtenLine(command)))),
  );
}
