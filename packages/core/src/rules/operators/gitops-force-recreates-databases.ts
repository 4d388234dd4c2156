import { nameOf } from "../../domain/model/names.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { appliedFolder, databasesIn } from "../../domain/workspace/gitops.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "gitops-force-recreates-databases",
  subject: "resource",
  kinds: ["Kustomization"],
  meta: {
    summary: "A Flux Kustomization with `force: true` reaches a database.",
    rationale:
      "When the API server refuses a change (a claim template, a storage size that shrinks, a selector), Flux deletes the object and recreates it. For an operator's resource the claims go too, and with reclaim policy Delete so do the disks: a production database came back empty that way.",
    remedy:
      "Remove `force`, or annotate the database with `kustomize.toolkit.fluxcd.io/force: disabled`; recreate by hand with `--cascade=orphan`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "folder",
    references: [
      "https://fluxcd.io/flux/components/kustomize/kustomizations/#force",
      "https://github.com/fluxcd/pkg/issues/603",
    ],
    quietWhen: "no database is in view under its path, or each one is annotated, a cache or ephemeral.",
  },
  check(kustomization, { workspace, report }) {
    const force = kustomization.node.at("spec", "force");
    if (force?.value !== true || !kustomization.apiVersion.startsWith("kustomize.toolkit.fluxcd.io/")) return;
    const folder = appliedFolder(kustomization);
    if (folder === undefined) return;
    const databases = databasesIn(folder, kustomization, workspace).filter(
      ({ resource, operator }) =>
        (operator !== undefined || resource.kind === "StatefulSet") &&
        !/^disabled$/i.test(resource.annotations["kustomize.toolkit.fluxcd.io/force"] ?? ""),
    );
    const [first] = databases;
    if (first === undefined) return;
    const names = databases.map(({ resource }) => nameOf(resource));
    const isOwned = deletesClaims(first) !== undefined;
    report({
      message: `Flux deletes and recreates ${firstListed(names, 1)} when the API server refuses a change (force: true)${isOwned ? ": its claims are deleted with it" : ": all its Pods stop together"}.`,
      at: force,
      related: databases.slice(0, 3).map(({ resource }) => ({
        message: nameOf(resource),
        at: resource.node.nearest("metadata", "name"),
      })),
      fixes: [
        editFix({
          title: "Set force to false",
          safety: "unsafe",
          consequence:
            "Jobs and other objects under the same path with immutable fields are no longer replaced: their updates fail.",
          edits: setValue(force, false),
        }),
      ],
    });
  },
});
