import { nameOf } from "../../domain/model/names.ts";
import { probeBudget } from "../../kube/probe-budget.ts";
import { option } from "../../rule/option.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "liveness-kills-migration",
  subject: "migration",
  meta: {
    summary: "The liveness probe runs while the start command still migrates.",
    rationale:
      "The application answers only after the migration. When that takes longer than the probe waits, Kubernetes kills it in the middle: a lock row or a dirty version stays, and no later start gets past it.",
    remedy: "Add a startupProbe with a budget for the longest migration, or migrate in a Job before the rollout.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
      "https://github.com/golang-migrate/migrate/blob/master/FAQ.md",
    ],
    quietWhen: "a startupProbe exists, or the tool leaves nothing behind (an info in `all`).",
    options: {
      seconds: option.integer({
        description: "Seconds that a migration must be allowed at least.",
        default: 300,
        minimum: 1,
      }),
    },
  },
  check({ where, container, workload, tool, lock }, { options, report }) {
    const probe = container.node.at("livenessProbe");
    if (where !== "start-command" || probe === undefined || container.node.at("startupProbe") !== undefined) return;
    const { seconds, text } = probeBudget(probe);
    if (!(seconds < options.seconds)) return; // also where a placeholder hides a number
    // A transaction or session that ends takes its lock along; golang-migrate marks the version dirty before it begins.
    const staysBehind =
      lock === "row" ? "its lock row stays" : tool === "golang-migrate" ? "the version stays dirty" : undefined;
    report({
      message: `Kubernetes kills ${tool} in ${nameOf(workload.resource)} when the migration takes longer than ${text}: nothing answers the liveness probe before it is done${staysBehind === undefined ? "" : `, and ${staysBehind} for every later start`}.`,
      at: probe,
      point: "key",
      ...(staysBehind === undefined ? { severity: "info" as const, presets: [] } : {}),
    });
  },
});
