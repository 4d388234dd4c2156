import { nameOf, shortName } from "../../domain/model/names.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "autoscaler-evicts-database",
  subject: "database",
  meta: {
    summary: "A VerticalPodAutoscaler evicts the instances of a database to resize them.",
    rationale:
      "In the modes Auto and Recreate it evicts a Pod whenever its recommendation moves far enough, if at least two run (or `minReplicas` of them). A database's memory grows with its cache, so it restarts at times nobody chose, while settings such as `shared_buffers` stay the same.",
    remedy: '`updateMode: "Off"` only shows recommendations; `Initial` applies them at restarts that happen anyway.',
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    reportsAt: ["HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"],
    references: [
      "https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/quickstart.md",
      "https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/flags.md#what-are-the-parameters-to-vpa-updater",
      "https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md",
    ],
    quietWhen:
      "the mode is Off or Initial, fewer instances run than it requires (two by default), the server's container is excluded, or the data is a cache.",
  },
  check(database, { workspace, report }) {
    const { resource, durability, container } = database;
    const members = database.instances.value;
    if (durability !== "durable" || members === undefined) return;
    for (const autoscaler of workspace.resources.targeting("VerticalPodAutoscaler", resource)) {
      if (autoscaler.isUnsettled) continue;
      const policies = autoscaler.node.at("spec", "resourcePolicy", "containerPolicies")?.items() ?? [];
      const own = policies.find((policy) => policy.string("containerName") === container?.name);
      if ((own ?? policies.find((policy) => policy.string("containerName") === "*"))?.text("mode") === "Off") continue;
      // The updater leaves a workload of one Pod alone unless it is told otherwise.
      const least = integerFact(autoscaler.node, ["spec", "updatePolicy", "minReplicas"], 2).value;
      if (least === undefined || members < least) continue;
      const mode = autoscaler.node.at("spec", "updatePolicy", "updateMode");
      const text = mode?.text() ?? "Auto";
      if (text !== "Auto" && text !== "Recreate" && text !== "InPlaceOrRecreate") continue;
      report({
        message: `${nameOf(autoscaler)} evicts Pods of ${shortName(resource)} whenever its recommendation changes (updateMode ${text}${mode === undefined ? ", the default" : ""}): ${members === 1 ? "the database is down each time" : "a member restarts or fails over each time"}.`,
        at: mode ?? autoscaler.node.nearest("spec", "targetRef"),
        ...(mode === undefined ? { point: "key" as const } : {}),
        // It resizes in place where it can.
        ...(text === "InPlaceOrRecreate" ? { severity: "info" as const } : {}),
        subject: autoscaler,
        related: [{ message: "the database", at: resource.node.nearest("metadata", "name") }],
        fixes: [
          editFix({
            title: 'Set updateMode to "Off"',
            safety: "safe",
            edits: mode === undefined ? undefined : setValue(mode, "Off"),
          }),
        ],
      });
    }
  },
});
