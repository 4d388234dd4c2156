import { claimNames, withFate } from "../../change/claim-names.ts";
import { isRestore } from "../../domain/backup/restore-tests.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { defineRule } from "../../rule/rule.ts";
import { keyOf } from "../../yaml/node.ts";

export default defineRule({
  id: "database-renamed",
  subject: "change",
  meta: {
    summary: "A database gets another name or namespace, and starts empty under it.",
    rationale:
      "Claims are found by name: `data-orders-0` belongs to StatefulSet orders in its namespace, and to nothing else. Under another name the Pods make new, empty claims, and a server that finds an empty directory initializes it. The old object stays, with the data, until someone deletes it; GitOps tools that prune do so at once.",
    remedy:
      "Keep the name. To rename anyway: scale the old set to 0, set its volumes to Retain, delete the old claims, bind claims with the new names to the same volumes, then apply the new set. Or dump and restore.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage",
      "https://github.com/timescale/helm-charts/issues/531",
    ],
    quietWhen: "the data is declared a cache or ephemeral, or nothing that was taken out looks like what was added.",
  },
  check({ before, after, isRenamed, claims }, { report }) {
    if (!isRenamed || before === undefined || after === undefined) return;
    if (before.database !== undefined && before.database.durability !== "durable") return;
    const [old, young] = [before.resource, after.resource];
    // On which claim it then runs is said by another rule.
    if (old.kind !== young.kind) return;
    const what =
      old.name === young.name
        ? `moves from namespace ${old.namespace} to ${young.namespace}`
        : `becomes ${shortName(young)}`;
    const empty = withFate(claims, "new");
    const left = withFate(claims, "left-behind");
    const deleted = withFate(claims, "deleted");
    const lost =
      before.database?.operator === undefined
        ? deleted.length > 0
          ? `its claims ${claimNames(deleted)} are deleted with the old set (whenDeleted: Delete)`
          : undefined
        : deletedWith(before.database);
    const isRestored = isRestore(young);
    const starts = isRestored
      ? "it starts with what the backup holds that its bootstrap names"
      : empty.length > 0
        ? `it starts on new, empty claims (${claimNames(empty)})`
        : "it starts empty";
    const kept = left.length > 0 ? `the data stays in ${claimNames(left)}` : `the data stays with ${nameOf(old)}`;
    report({
      verdict: lost !== undefined ? "destroys-data" : isRestored ? "removed" : "starts-empty",
      message: `${nameOf(old)} ${what}: ${starts}, and ${lost ?? kept}.`,
      remedy: before.database?.operator === undefined ? undefined : renameBy(before.database.operator),
      at: after.resource.node.nearest("metadata", old.name === young.name ? "namespace" : "name"),
      related: [{ message: "the old name", at: keyOf(old.node.nearest("metadata", "name")) }],
    });
  },
});

function renameBy({ bootstraps }: NonNullable<Database["operator"]>): string {
  const how =
    bootstraps === undefined
      ? "restore a backup of the old one into the new one, or dump and restore"
      : `bootstrap the new one from the old one (\`${bootstraps.fromBackup}\` from its backups, or \`${bootstraps.fromRunning}\`)`;
  return `Keep the name. To rename anyway: keep the old one in the manifests, ${how}, move the clients, and take the old one out in a later change.`;
}

function deletedWith(database: NonNullable<Parameters<typeof deletesClaims>[0]>): string | undefined {
  const because = deletesClaims(database);
  return because === undefined ? undefined : `deleting the old one deletes its data (${because})`;
}
