import { databaseBehind } from "../../domain/live/live-data.ts";
import { count, nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-does-not-stay-up",
  subject: "live",
  kinds: ["Pod"],
  meta: {
    summary: "A container of a database starts and ends again and again.",
    rationale:
      "Kubernetes restarts it with growing pauses of up to five minutes. Servers end at start for reasons that no restart mends: files of another version, a directory that is not empty or not theirs, a setting they do not know.",
    remedy:
      "Read the end of the last run: `kubectl logs POD -c CONTAINER --previous`. Delete nothing in the data directory before it is understood.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/"],
  },
  check(pod, { workspace, report }) {
    const database = databaseBehind(pod, workspace);
    if (database === undefined) return;
    const all = ["initContainerStatuses", "containerStatuses"].flatMap(
      (list) => pod.node.at("status", list)?.items() ?? [],
    );
    for (const status of all) {
      const reason = status.at("state", "waiting", "reason");
      if (reason?.text() !== "CrashLoopBackOff") continue;
      const code = status.integer("lastState", "terminated", "exitCode");
      const restarts = status.integer("restartCount") ?? 0;
      report({
        message: `Container ${status.text("name") ?? ""} of ${nameOf(pod)} does not stay up: ${count(restarts, "restart")}${code === undefined ? "" : `, the last run ended with exit code ${code}`} (CrashLoopBackOff).`,
        at: reason,
      });
    }
  },
});
