import { leaving, leavingFrom } from "../../change/change.ts";
import { claimNames, withFate } from "../../change/claim-names.ts";
import { nameOf } from "../../domain/model/names.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { isKeptFromPruning } from "../../kube/pruning.ts";
import { defineRule } from "../../rule/rule.ts";
import { keyOf } from "../../yaml/node.ts";

export default defineRule({
  id: "database-removed",
  subject: "change",
  meta: {
    summary: "A database is taken out of the manifests; its data stays.",
    rationale:
      "What is no longer in the repository is deleted by tools that prune, or left running with nobody's manifest by plain `kubectl apply`. Either way its clients lose it, now or at the next cleanup, and claims without an owner are what someone deletes later.",
    remedy:
      "Say in the change that the database is meant to go, keep a last dump, and write down which claims stay and until when.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations"],
    quietWhen:
      "the data is declared a cache or ephemeral, an annotation keeps the object from being pruned, or the removal deletes data: another rule says so.",
  },
  check(change, { report }) {
    const { before, after, isRenamed, claims } = change;
    const database = before?.database;
    if (before === undefined || after !== undefined || isRenamed || database === undefined) return;
    if (database.durability !== "durable" || withFate(claims, "deleted").length > 0) return;
    if (database.operator !== undefined && deletesClaims(database) !== undefined) return;
    if (isKeptFromPruning(before.resource)) return;
    const left = withFate(claims, "left-behind");
    report({
      verdict: "removed",
      message: leaving(
        change,
        `${nameOf(before.resource)} is removed; ${left.length > 0 ? `${claimNames(left)} ${left.length === 1 ? "stays" : "stay"} with its data, and nothing uses ${left.length === 1 ? "it" : "them"}` : "its clients lose it"}.`,
      ),
      at: keyOf(before.resource.node.nearest("metadata", "name")),
      related: leavingFrom(change),
    });
  },
});
