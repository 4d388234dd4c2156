import { capital, leaving, leavingFrom } from "../../change/change.ts";
import { nameOf } from "../../domain/model/names.ts";
import { declaredDatabase } from "../../domain/operators/read-operators.ts";
import { isKeptFromPruning } from "../../kube/pruning.ts";
import { defineRule } from "../../rule/rule.ts";
import { keyOf } from "../../yaml/node.ts";

export default defineRule({
  id: "declared-database-dropped",
  subject: "change",
  meta: {
    summary: "Applying this change, and deleting what it takes out, drops a database inside a server.",
    rationale:
      "Operators create a database for a resource of kind Database, and some drop it again with the resource: mariadb-operator unless `cleanupPolicy: Skip` is set, CloudNativePG with `databaseReclaimPolicy: delete`. A file that is deleted or moved to another namespace, and a prune, then run DROP DATABASE. `ensure: absent` does the same at once. The server and its volumes stay, so nothing else warns.",
    remedy:
      "Take a dump of the database first. To keep it, set `cleanupPolicy: Skip` (CloudNativePG: `databaseReclaimPolicy: retain`), apply that, and take the resource out in a later change.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://cloudnative-pg.io/documentation/current/declarative_database_management/#deleting-a-database",
      "https://github.com/mariadb-operator/mariadb-operator/blob/main/pkg/controller/sql/finalizer.go",
    ],
    quietWhen:
      "the policy keeps the database, `ensure: absent` dropped it before, an annotation keeps the object from being pruned, or dbops/data is set.",
  },
  check(change, { report }) {
    const { before, after, isRenamed } = change;
    const [old, young] = [before, after].map((side) =>
      side === undefined || side.resource.annotations["dbops/data"] !== undefined
        ? undefined
        : declaredDatabase(side.resource),
    );
    if (before === undefined || old === undefined) return;
    // It is gone already: only its resource is cleared away.
    if (old.droppedNow !== undefined) return;
    const { resource } = before;
    const drop = old.droppedOnDelete;
    if ((after === undefined || isRenamed) && drop !== undefined && !isKeptFromPruning(resource))
      report({
        verdict: "destroys-data",
        ...(change.leftOut?.isShared === true ? { severity: "warning" as const } : {}),
        message: capital(leaving(change, `removing ${nameOf(resource)} drops database ${old.name} (${drop.because}).`)),
        at: keyOf(resource.node.nearest("metadata", "name")),
        related: [{ message: "the policy", at: drop.at }, ...leavingFrom(change)],
      });
    const now = isRenamed ? undefined : young?.droppedNow;
    if (now !== undefined)
      report({
        verdict: "destroys-data",
        message: `${nameOf(resource)} drops database ${old.name} (${now.because}).`,
        at: now.at,
      });
  },
});
