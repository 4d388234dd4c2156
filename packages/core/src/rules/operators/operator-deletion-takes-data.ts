import { nameOf } from "../../domain/model/names.ts";
import { deletionByDefault, takingFinalizer, writtenDeletions } from "../../domain/operators/deletion.ts";
import { operatorDeletions } from "../../domain/operators/on-delete.ts";
import { type AdmissionCheck, celText } from "../../rule/admission.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { type Edits, insertKey, removeItem, removeKey, setValue, type Writable } from "../../yaml/edit.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** Of Percona's operators, whose finalizers the object itself shows. */
const takesData: AdmissionCheck = {
  resources: [
    "pxc.percona.com/*/perconaxtradbclusters",
    "ps.percona.com/*/perconaservermysqls",
    "psmdb.percona.com/*/perconaservermongodbs",
    "pgv2.percona.com/*/perconapgclusters",
  ],
  part: "finalizers",
  operations: ["CREATE", "UPDATE"],
  refuses: `has(object.metadata.finalizers) && object.metadata.finalizers.exists(f, f.matches(${celText(takingFinalizer.source)}))`,
};

export default defineRule({
  id: "operator-deletion-takes-data",
  subject: "database",
  meta: {
    summary: "Deleting the custom resource deletes the data.",
    rationale:
      "A finalizer or retention policy, or the default of a field that nobody wrote (keepAfterDelete, deletionPolicy, volumeClaimDeletePolicy), makes a pruned or renamed object take all data with it.",
    remedy: "Remove the finalizer, or set the field to the value that keeps the claims.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    admission: takesData,
    references: [
      "https://docs.percona.com/percona-operator-for-mysql/pxc/delete.html",
      "https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/volume-claim-templates",
      "https://github.com/k8ssandra/cass-operator/blob/master/apis/cassandra/v1beta1/cassandradatacenter_types.go",
    ],
    list: {
      title: "On delete",
      items: operatorDeletions.map(
        ({ kinds, title, claims, backups, secrets, read }) =>
          `${kinds.join(", ")} (${title}, code of ${read}): claims ${claims}. Backups: ${backups}. Secrets: ${secrets}.`,
      ),
    },
    quietWhen:
      "the data is a cache or ephemeral, or no field of the resource changes it: CloudNativePG, PGO, StackGres and Zalando delete the claims in any case.",
  },
  check(database, { report }) {
    const { operator, resource, durability } = database;
    if (operator === undefined || durability !== "durable") return;
    const keeps = operator.claimDeletion?.keeps ?? "Retain";
    const standard = deletionByDefault(database);
    if (standard !== undefined) {
      const { because, at, missing } = standard;
      const [key = "", ...below] = missing;
      report({
        message: `Deleting ${nameOf(resource)} also deletes its claims and their data: ${because}.`,
        at,
        point: "key",
        severity: "info",
        fixes: [
          editFix({
            title: `Set ${missing.at(-1)} to ${keeps}`,
            safety: "safe",
            consequence: "Claims stay when the object is deleted.",
            edits: insertKey(
              at,
              key,
              below.reduceRight<Writable>((value, name) => ({ [name]: value }), keeps),
            ),
          }),
        ],
      });
    }
    const backups = operator.ownsBackups?.(resource.node);
    if (backups !== undefined)
      report({
        message: `Deleting ${nameOf(resource)} also deletes its only backups: ${backups.because}.`,
        at: backups.at.nearest("volume"),
        point: "key",
        severity: "info",
      });
    const finalizers = resource.node.at("metadata", "finalizers");
    // One that is written twice is one, and goes as a whole.
    const deletions = writtenDeletions(database).filter(
      (each, index, all) => all.findIndex(({ because }) => because === each.because) === index,
    );
    for (const { takes, because, at } of deletions) {
      const isFinalizer = finalizers?.items().includes(at) === true;
      report({
        message: `Deleting ${nameOf(resource)} also deletes its ${takes === "backups" ? "backups" : "claims and their data"} (${because}).`,
        at,
        fixes: [
          editFix({
            title: !isFinalizer ? `Set ${String(at.yamlPath.at(-1))} to ${keeps}` : `Remove the ${because}`,
            safety: "safe",
            consequence: "Claims stay when the object is deleted.",
            edits:
              finalizers === undefined || !isFinalizer
                ? setValue(at, keeps)
                : withoutItem(resource.node.nearest("metadata"), finalizers, at.string()),
          }),
        ],
      });
    }
  },
});

/** Removes an item wherever it is in a list of metadata, or the list where nothing else is in it. */
function withoutItem(metadata: YamlNode, list: YamlNode, text: string | undefined): Edits {
  const items = list.items();
  if (items.every((item) => item.string() === text)) return removeKey(metadata, String(list.yamlPath.at(-1)));
  const edits = items.map((item, index) => (item.string() === text ? removeItem(list, index) : []));
  return edits.includes(undefined) ? undefined : edits.flatMap((each) => each ?? []);
}
