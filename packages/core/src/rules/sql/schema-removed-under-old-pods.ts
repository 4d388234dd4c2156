import { changesOf } from "../../domain/migration/script.ts";
import { count, nameOf } from "../../domain/model/names.ts";
import type { SchemaChange } from "../../domain/model/schema-change.ts";
import { oldPodsOf } from "../../domain/release/old-pods.ts";
import { servingWorkloads } from "../../domain/release/runners.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "schema-removed-under-old-pods",
  subject: "script",
  meta: {
    summary: "A migration renames or drops what Pods of the previous release still use.",
    rationale:
      "A rolling update replaces Pods one after the other, and the migration runs before or during it. Until the last old Pod is gone its statements name a column or table that no longer exists, and a rollback of the Deployment brings only such Pods back.",
    remedy:
      "Expand, deploy, backfill, contract: add the new name beside the old one, move the code over in one release, and drop the old name in the next, when nothing selects it any more.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://martinfowler.com/bliki/ParallelChange.html"],
    quietWhen:
      "all Pods stop before the migration (strategy Recreate). A drop is an info, as it may be the last step of such a sequence; where no Pods are in view, only in `all`.",
  },
  check(script, { workspace, report }) {
    const first =
      changesOf(script, "rename")[0] ??
      changesOf(script, "drop-column", "drop-table", "drop-view").find((each) => !isReplaced(each, script.changes));
    if (first === undefined) return;
    const { resources } = workspace.everything;
    const serving = script.migrations.flatMap((migration) => servingWorkloads(migration, resources));
    if (script.migrations.length > 0 && serving.length === 0 && script.migrations.every(({ where }) => where !== "job"))
      return;
    const [workload] = serving;
    const old = workload === undefined ? undefined : oldPodsOf(workload, resources);
    const who =
      workload === undefined || old === undefined
        ? "Pods of the previous release"
        : `${count(old.pods, "Pod")} of ${nameOf(workload.resource)} from the previous release`;
    const isSlow = old?.atATime !== undefined && old.atATime < old.pods;
    const verb = `still ${old?.pods === 1 ? "runs" : "run"}${isSlow ? ` (the rollout replaces ${old.atATime} at a time)` : ""}`;
    report({
      message: `${described(first)}: until the rollout is over ${who} ${verb}, and every statement of theirs that names it fails.`,
      at: first.at,
      ...(first.does === "rename" ? {} : { severity: "info" as const, ...(serving.length > 0 ? {} : { presets: [] }) }),
      related:
        workload === undefined
          ? []
          : [{ message: nameOf(workload.resource), at: workload.resource.node.nearest("spec", "replicas") }],
    });
  },
});

function described(change: SchemaChange): string {
  if (change.does === "rename") {
    const old = change.what === "column" ? `${change.table}.${change.name}` : (change.name ?? "");
    return change.what === "value"
      ? `Value '${old}' of ${change.table} becomes '${change.to}'`
      : `${old} becomes ${change.to}`;
  }
  if (change.does === "drop-column") return `${change.table}.${change.name} is dropped`;
  return `${change.does === "drop-view" ? "View" : "Table"} ${change.table} is dropped`;
}

/** A table whose name another one takes: the usual way to copy one. */
function isReplaced({ table }: SchemaChange, changes: readonly SchemaChange[]): boolean {
  return changes.some((change) => change.does === "rename" && change.what === "table" && change.to === table);
}
