import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { archiveFolder, ownArchive, restoredArchive } from "../../domain/operators/cnpg-archive.ts";
import { groupOf } from "../../facts/kinds.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { groupBy } from "../../text/group-by.ts";
import { oncePer } from "../../text/once.ts";

export default defineRule({
  id: "cnpg-clusters-share-archive",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "Two Clusters of CloudNativePG archive to one folder of one bucket.",
    rationale:
      "The folder is the path and the server's name, which is the Cluster's where none is written; the namespace is no part of it. CloudNativePG refuses the folder to the second one (\"Expected empty archive\"), which then archives nothing; where that check is skipped, the two overwrite each other's WAL.",
    remedy: "Give each Cluster a `serverName` or a `destinationPath` of its own.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
      "https://cloudnative-pg.io/documentation/current/wal_archiving/",
    ],
    quietWhen:
      "a path, name or endpoint is filled in later, the ObjectStore is not in view, the two may be one object in two environments, or the one is restored from the other (cnpg-archive-not-empty).",
  },
  check({ resource }, { workspace, report }) {
    if (isRestoredInPlace(resource)) return;
    const clusters = clustersByFolder(workspace.everything);
    const [folder, members = []] = [...clusters].find(([, each]) => each.includes(resource)) ?? [];
    // Each pair once: at the one whose name comes later.
    const other = members.find(
      (each) => areTwo(each, resource) && nameOf(each) < nameOf(resource) && !isRestoredInPlace(each),
    );
    if (other === undefined || folder === undefined) return;
    report({
      message: `${nameOf(other)} and ${nameOf(resource)} archive to the same folder, ${folder.slice(0, folder.indexOf(" at "))}: CloudNativePG refuses it to the second one, which archives nothing.`,
      at:
        resource.node.at("spec", "backup", "barmanObjectStore", "destinationPath") ??
        resource.node.nearest("spec", "plugins"),
      point: "key",
      related: [{ message: nameOf(other), at: other.node.nearest("metadata", "name") }],
    });
  },
});

const clustersByFolder = oncePer(({ resources }: Workspace["everything"]) =>
  groupBy(
    resources
      .ofKind("Cluster")
      .filter(
        ({ apiVersion, isPartial, isUnsettled }) =>
          groupOf(apiVersion) === "postgresql.cnpg.io" && !isPartial && !isUnsettled,
      ),
    (cluster) => {
      const folder = archiveFolder(cluster, (store) => resources.find("ObjectStore", store, cluster));
      return folder === undefined ? [] : [folder];
    },
  ),
);

/** Different objects for certain: of one name in two namespaces that are written, or of two names in one. */
function areTwo(a: Resource, b: Resource): boolean {
  if (a.name === b.name) return !namespacesAgree(a, b);
  return namespacesAgree(a, b) || (a.namespace !== undefined && b.namespace !== undefined);
}

function isRestoredInPlace({ node, name }: Resource): boolean {
  const source = restoredArchive(node);
  return source !== undefined && source.place === ownArchive(node, name);
}
