import { nameOf } from "../../domain/model/names.ts";
import { mayShareRelease } from "../../kube/helm-release.ts";
import { hookOf } from "../../kube/release-hooks.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-after-rollout",
  subject: "migration",
  meta: {
    summary: "The migration runs after the Pods that need the new schema have started.",
    rationale:
      "Helm runs `post-upgrade` hooks when the new objects are applied (with --wait when they are ready), Argo CD `PostSync` hooks when they are healthy. Until the migration is done the new code runs on the old schema, and if it fails there it never becomes ready.",
    remedy:
      "Make it a `pre-upgrade` hook (with the database in the same release `post-install,pre-upgrade`), `PreSync` for Argo CD.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://helm.sh/docs/topics/charts_hooks/#the-available-hooks",
      "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
    ],
    yieldsTo: ["pods-wait-for-later-hook"],
    quietWhen:
      "it also runs before, another hook migrates with the same image before, the application waits in an init container, or none of the same image is in view.",
  },
  check({ workload: { resource }, container, tool }, { workspace, report }) {
    const hook = hookOf(resource);
    const after = hook?.moments.find((moment) => moment === "post-upgrade" || moment === "PostSync");
    const name = container.image?.isTemplated === true ? undefined : container.image?.name;
    if (hook === undefined || after === undefined || name === undefined || isBefore(resource)) return;
    const usesImage = (other: Resource): boolean =>
      other.workload?.containers.some(({ image }) => image?.name === name) === true;
    // A migration before and one after the rollout: expand and contract.
    const isSecond = workspace.topology.migrations.some(
      ({ workload }) => isBefore(workload.resource) && usesImage(workload.resource),
    );
    if (isSecond) return;
    const serving = [...workspace.resources].find(
      (other) =>
        /^(?:Deployment|StatefulSet|DaemonSet)$/.test(other.kind) &&
        !other.isUnsettled &&
        usesImage(other) &&
        mayShareRelease(other, resource) &&
        other.workload?.containers.every(({ role }) => role !== "init") === true,
    );
    if (serving === undefined) return;
    report({
      message: `New Pods of ${nameOf(serving)} start before ${tool} migrates (${after} of ${nameOf(resource)}): until it is done they run on the old schema.`,
      at: hook.node,
      related: [{ message: nameOf(serving), at: serving.node.nearest("metadata", "name") }],
    });
  },
});

function isBefore(resource: Resource): boolean {
  return hookOf(resource)?.moments.some((moment) => /^(?:pre-upgrade|PreSync|Sync)$/.test(moment)) === true;
}
