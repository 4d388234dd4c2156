import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "prestop-longer-than-grace-period",
  subject: "container",
  meta: {
    summary: "The preStop hook takes longer than the grace period.",
    rationale:
      "The grace period begins before preStop. When the hook uses all of it the server is killed without SIGTERM: clients are cut off, and a database has to recover from its log.",
    remedy: "Set `terminationGracePeriodSeconds` to the hook's time plus the time the server needs.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-execution"],
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    if (!concernsDatabases(workload, workspace.topology)) return;
    const hook = container.node.at("lifecycle", "preStop");
    if (hook === undefined) return;
    const grace = workload.podSpec.integer("terminationGracePeriodSeconds") ?? 30;
    if (
      workload.podSpec.at("terminationGracePeriodSeconds") !== undefined &&
      workload.podSpec.integer("terminationGracePeriodSeconds") === undefined
    )
      return;
    const text = (hook.at("exec", "command")?.items() ?? []).map((item) => item.text() ?? "").join(" ");
    const slept = Math.max(
      hook.integer("sleep", "seconds") ?? 0,
      ...[...text.matchAll(/\bsleep\s+(\d+)(m|s)?\b/g)].map((match) => Number(match[1]) * (match[2] === "m" ? 60 : 1)),
    );
    if (slept < grace || slept === 0) return;
    const node = workload.podSpec.at("terminationGracePeriodSeconds");
    report({
      message: `preStop of ${container.name} waits ${slept} s, but Kubernetes kills the Pod after ${grace} s${node === undefined ? " (the default)" : ""}: the server never gets SIGTERM.`,
      at: hook,
      point: "key",
      related: node === undefined ? [] : [{ message: "the grace period", at: node }],
      fixes: [
        editFix({
          title: `Set terminationGracePeriodSeconds to ${slept + 60}`,
          safety: "unsafe",
          consequence: "Restarts the Pods, still with the old grace period.",
          edits:
            node === undefined
              ? insertKey(workload.podSpec, "terminationGracePeriodSeconds", slept + 60)
              : setValue(node, slept + 60),
        }),
      ],
    });
  },
});
