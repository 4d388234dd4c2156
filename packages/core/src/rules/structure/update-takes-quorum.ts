import { nameOf } from "../../domain/model/names.ts";
import { decidesByMajority } from "../../domain/workspace/conditions.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "update-takes-quorum",
  subject: "database",
  meta: {
    summary: "A rolling update may take down so many members at once that no majority is left.",
    rationale:
      "`maxUnavailable` of a StatefulSet's rolling update has been honored by default since Kubernetes 1.37 and was silently dropped before: a field that did nothing for years stops the database at the first update after a cluster upgrade.",
    remedy: "Set `maxUnavailable: 1`, or remove the field.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: [
      "https://github.com/kubernetes/enhancements/tree/master/keps/sig-apps/961-maxunavailable-for-statefulset",
    ],
    quietWhen: "a majority stays up, or the engine does not decide by majority.",
  },
  check(database, { report }) {
    const { resource, instances } = database;
    const members = instances.value;
    if (resource.kind !== "StatefulSet" || members === undefined || members < 3) return;
    if (!decidesByMajority(database)) return;
    const most = resource.node.at("spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
    const text = most?.text() ?? "";
    const percent = /^(\d+)%$/.exec(text);
    const number = percent === null ? Number(text) : Math.floor((Number(percent[1]) * members) / 100);
    const spare = Math.floor((members - 1) / 2);
    if (most === undefined || !Number.isInteger(number) || number <= spare) return;
    report({
      message: `An update of ${nameOf(resource)} takes down ${number} of its ${members} members at once on Kubernetes 1.37 and later (maxUnavailable ${text}): the rest are not a majority and accept no writes.`,
      at: most,
      related: [{ message: `${members} members`, at: instances.at }],
      fixes: [editFix({ title: "Update one member at a time", safety: "safe", edits: setValue(most, 1) })],
    });
  },
});
