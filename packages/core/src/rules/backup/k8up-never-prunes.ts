import { takesBackups } from "../../domain/backup/cluster-schedules.ts";
import { nameOf } from "../../domain/model/names.ts";
import { groupOf } from "../../facts/kinds.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "k8up-never-prunes",
  subject: "resource",
  kinds: ["Schedule"],
  meta: {
    summary: "A Schedule of K8up takes backups and deletes none.",
    rationale:
      "restic keeps every snapshot until `forget` and `prune` run, which K8up does only where a Schedule has a prune section. Without it the repository grows by each run.",
    remedy: "Add `prune` with a retention, such as keepDaily: 14.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["Schedule"],
    references: ["https://docs.k8up.io/k8up/references/object-specifications.html"],
    quietWhen: "another Schedule of the namespace prunes.",
  },
  check(resource, { workspace, report }) {
    const isOfK8up = groupOf(resource.apiVersion) !== "velero.io";
    if (!isOfK8up || !takesBackups(resource) || resource.node.at("spec", "prune") !== undefined) return;
    const prunes = workspace.everything.resources
      .ofKind("Schedule")
      .some((each) => each.node.at("spec", "prune") !== undefined && namespacesAgree(each, resource));
    if (prunes) return;
    report({
      message: `${nameOf(resource)} backs up and never prunes: restic keeps every snapshot, so the repository only grows.`,
      at: resource.node.nearest("spec", "backup"),
      point: "key",
    });
  },
});
