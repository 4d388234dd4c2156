import type { Database } from "../../domain/database.ts";
import { nameOf } from "../../domain/names.ts";
import type { Workspace } from "../../domain/workspace.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "gitops-force-recreates-databases",
  subject: "resource",
  kinds: ["Kustomization"],
  meta: {
    summary: "A Flux Kustomization with `force: true` reaches a database.",
    rationale:
      "When the API server refuses a change (a claim template, a storage size that shrinks, a selector), Flux deletes the object and creates it anew. For an operator's resource that takes the claims along, and with a class that deletes, the disks: a production database came back as an empty one that way.",
    remedy:
      "Remove `force`, or annotate the database with `kustomize.toolkit.fluxcd.io/force: disabled`; recreate by hand with `--cascade=orphan`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "folder",
    references: [
      "https://fluxcd.io/flux/components/kustomize/kustomizations/#force",
      "https://github.com/fluxcd/pkg/issues/603",
    ],
    quietWhen: "no database lies under its path in view, or each is annotated, a cache or ephemeral.",
  },
  check(kustomization, { workspace, report }) {
    const force = kustomization.node.at("spec", "force");
    if (force?.value !== true || !kustomization.apiVersion.startsWith("kustomize.toolkit.fluxcd.io/")) return;
    const path = (kustomization.node.string("spec", "path") ?? "").replace(/^\.?\/+|\/+$/g, "");
    if (path === "" || path === "." || /[$<{]/.test(path) || kustomization.isPatched) return;
    const databases = databasesUnder(path, workspace);
    const [first] = databases;
    if (first === undefined) return;
    const isOwned = first.operator !== undefined;
    report({
      message: `Flux deletes and recreates ${nameOf(first.resource)}${databases.length === 1 ? "" : ` and ${databases.length - 1} more`} when the API server refuses a change (force: true)${isOwned ? ": its claims go with it" : ": all its Pods stop together"}.`,
      at: force,
      related: databases.slice(0, 3).map(({ resource }) => ({
        message: nameOf(resource),
        at: resource.node.nearest("metadata", "name"),
      })),
      fixes: [
        editFix({
          title: "Set force to false",
          safety: "safe",
          edits: setValue(force, false),
        }),
      ],
    });
  },
});

function databasesUnder(path: string, { everything }: Workspace): readonly Database[] {
  const found = new Map<string, Database>();
  for (const database of everything.topologies.flatMap(({ databases }) => databases)) {
    const { resource } = database;
    if (!resource.document.file.uri.includes(`/${path}/`) || database.durability !== "durable") continue;
    if (/^disabled$/i.test(resource.annotations["kustomize.toolkit.fluxcd.io/force"] ?? "")) continue;
    if (database.operator === undefined && resource.kind !== "StatefulSet") continue;
    // An operator's resource loses most, so it is named first.
    found.set(`${resource.document.file.uri} ${resource.node.span.start}`, database);
  }
  return [...found.values()].sort((a, b) => Number(a.operator === undefined) - Number(b.operator === undefined));
}
