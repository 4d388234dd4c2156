import { nameOf } from "../../domain/model/names.ts";
import { hookOf, syncWaveOf } from "../../kube/release-hooks.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

const annotation = "argocd.argoproj.io/sync-wave";

export default defineRule({
  id: "migration-in-wrong-wave",
  subject: "migration",
  meta: {
    summary: "Argo CD migrates before the database exists, or after the application that needs the new schema.",
    rationale:
      "Argo CD applies one wave after the other and waits until each is healthy. A migration in an earlier wave than its database never succeeds at the first sync; one in a later wave than the application starts when the new Pods have been running on the old schema.",
    remedy:
      "Order them by `argocd.argoproj.io/sync-wave`: the database first, then the migration, then the application.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/"],
    quietWhen: "the Job is a PreSync or PostSync hook, or neither object names a wave.",
  },
  check({ workload: { resource }, where, hosts, container }, { workspace, report }) {
    if (where !== "job" || resource.kind !== "Job") return;
    const hook = hookOf(resource);
    if (hook !== undefined && !(hook.by === "Argo CD" && hook.moments.join() === "Sync")) return;
    const wave = syncWaveOf(resource);
    if (wave === undefined) return;
    const databases = hosts.flatMap(({ reaches }) => (reaches.state === "database" ? [reaches.database.resource] : []));
    const applications = [...workspace.resources].filter(
      ({ kind, workload, isUnsettled }) =>
        /^(?:Deployment|StatefulSet|DaemonSet)$/.test(kind) &&
        !isUnsettled &&
        workload?.containers.some(({ image }) => image !== undefined && image.name === container.image?.name) === true,
    );
    const at = waveAt(resource);
    for (const database of databases) {
      const its = syncWaveOf(database);
      if (its === undefined || its <= wave || hookOf(database) !== undefined) continue;
      report({
        message: `Argo CD runs ${nameOf(resource)} in wave ${wave} and creates ${nameOf(database)} in wave ${its}: the first sync waits for a migration that has no database.`,
        at,
        related: [{ message: `wave ${its}`, at: waveAt(database) }],
      });
      return;
    }
    for (const application of applications) {
      const its = syncWaveOf(application);
      if (its === undefined || its >= wave) continue;
      report({
        message: `Argo CD starts the new Pods of ${nameOf(application)} in wave ${its} and migrates in wave ${wave} (${nameOf(resource)}), once they are healthy: until then they run on the old schema.`,
        at,
        related: [{ message: `wave ${its}`, at: waveAt(application) }],
      });
      return;
    }
  },
});

function waveAt({ node }: Resource): Place {
  return node.at("metadata", "annotations", annotation) ?? node.nearest("metadata", "name");
}
