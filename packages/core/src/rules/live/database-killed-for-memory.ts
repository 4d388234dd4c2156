import { databaseBehind } from "../../domain/live/live-data.ts";
import { count, nameOf } from "../../domain/model/names.ts";
import { between, minutes, timeText } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-killed-for-memory",
  subject: "live",
  kinds: ["Pod"],
  meta: {
    summary: "The kernel killed a database because its container reached its memory limit.",
    rationale:
      "A killed server loses its cache, replays its log at each start, and drops every session. Settings that promise more memory than the limit make it come back.",
    remedy:
      "Raise the limit, or lower what the server may take (`shared_buffers`, `work_mem`, `innodb_buffer_pool_size`, `maxmemory`, connections).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/#exceed-a-container-s-memory-limit",
    ],
    quietWhen: "the last kill was more than two weeks ago.",
  },
  check(pod, { workspace, report }) {
    const { live } = workspace;
    const database = live === undefined ? undefined : databaseBehind(pod, workspace);
    if (live === undefined || database === undefined) return;
    for (const status of pod.node.at("status", "containerStatuses")?.items() ?? []) {
      const ended = status.at("lastState", "terminated") ?? status.at("state", "terminated");
      const finished = ended?.text("finishedAt");
      const age = between(finished, live.readAt);
      if (ended?.text("reason") !== "OOMKilled" || finished === undefined || age === undefined) continue;
      // What happened once, weeks ago, is history.
      if (age > minutes(14 * 24 * 60)) continue;
      const name = status.text("name") ?? "";
      const limit = pod.node
        .at("spec", "containers")
        ?.items()
        .find((container) => container.text("name") === name)
        ?.text("resources", "limits", "memory");
      const restarts = status.integer("restartCount") ?? 0;
      report({
        message: `Container ${name} of ${nameOf(pod)} was killed at ${timeText(finished)} because it reached ${limit === undefined ? "the memory of its node" : `its memory limit of ${limit}`} (OOMKilled, ${count(restarts, "restart")}).`,
        at: ended.nearest("reason"),
      });
    }
  },
});
