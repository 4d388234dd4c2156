import { isChangedByScript } from "../../domain/backup/cluster-scripts.ts";
import { missingMethod } from "../../domain/backup/cnpg-method.ts";
import { meantObject } from "../../domain/model/meant-object.ts";
import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree, namespacesAgreeAsWritten } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule, type Report } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-backup-cannot-run",
  subject: "resource",
  kinds: ["ScheduledBackup", "Backup"],
  meta: {
    summary:
      "A backup of CloudNativePG asks for a method that its Cluster lacks, or for a Cluster that does not exist.",
    rationale:
      "Each run ends as failed, and nobody looks at Backup objects until one is needed. Without `method` the operator fills in `barmanObjectStore`, which a Cluster with a plugin does not have.",
    remedy:
      "With the Barman Cloud plugin write `method: plugin` and `pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}`; else configure the method in the Cluster.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["Cluster"],
    references: [
      "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/8445",
    ],
    quietWhen:
      "the Cluster is not in view and no other in view has nearly its name, or a script in view changes it with kubectl.",
  },
  check(backup, { workspace, report }) {
    const at = backup.node.at("spec", "cluster", "name");
    const name = at?.text();
    if (at === undefined || name === undefined || hasPlaceholder(name) || !backup.apiVersion.startsWith(group)) return;
    const clusters = workspace.everything.resources
      .ofKind("Cluster")
      .filter((each) => each.apiVersion.startsWith(group) && namespacesAgree(each, backup));
    const [cluster, ...variants] = clusters.filter((each) => each.name === name);
    if (cluster === undefined) {
      const meant = meantObject(name, backup, clusters);
      if (meant === undefined) return;
      report({
        message: `${nameOf(backup)} backs up nothing: no Cluster ${name} is in view; did you mean ${meant.name}?`,
        at,
      });
      return;
    }
    if ([cluster, ...variants].some((each) => each.isPartial || each.isUnsettled)) return;
    if (!namespacesAgreeAsWritten(cluster, backup)) return;
    if (isChangedByScript(cluster, workspace.everything.resources)) return;
    // Of several environments or steps of one Cluster nobody knows which one the backup is for.
    const fault = methodFault(backup, cluster);
    if (fault !== undefined && variants.every((variant) => methodFault(backup, variant) !== undefined)) report(fault);
  },
});

const group = "postgresql.cnpg.io/";

function methodFault(backup: Resource, cluster: Resource): Report | undefined {
  const missing = missingMethod(backup, cluster);
  if (missing === undefined) return undefined;
  const { method, written, plugin, plugins } = missing;
  const related = [{ message: nameOf(cluster), at: cluster.node.nearest("spec", "backup") }];
  const fails = `${nameOf(backup)} fails at every run`;
  const at = written ?? backup.node.nearest("spec");
  if (plugin !== undefined)
    return { message: `${fails}: ${nameOf(cluster)} does not have plugin ${plugin}.`, at, related };
  const says = written === undefined ? `method ${method} (the default)` : `method ${method}`;
  const has = plugins.length > 0 ? `, only plugin ${plugins.join(", ")}` : "";
  return {
    message: `${fails}: it uses ${says}, and ${nameOf(cluster)} has no spec.backup.${method}${has}.`,
    at,
    ...(written === undefined ? { point: "key" as const } : {}),
    related,
  };
}
