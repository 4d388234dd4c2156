import { describeOverlap } from "../../domain/migration/overlap.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-job-runs-several",
  subject: "migration",
  meta: {
    summary: "A migration Job starts several Pods.",
    rationale:
      "Each Pod of the Job runs the same command against the same database: at once with `parallelism`, again and again with `completions`.",
    remedy: "Remove `parallelism` and `completions`; both are 1 by default.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/job/#parallel-jobs"],
    quietWhen: "the Job is indexed: each of its Pods may migrate a database of its own.",
  },
  check(migration, { report }) {
    const { where, workload, tool } = migration;
    const { resource } = workload;
    const spec = resource.kind === "Job" ? resource.node.at("spec") : resource.node.at("spec", "jobTemplate", "spec");
    if (where !== "job" || spec === undefined) return;
    if ((spec.text("completionMode") ?? "NonIndexed") !== "NonIndexed") return;
    const parallelism = spec.at("parallelism");
    const completions = spec.at("completions");
    if (completions !== undefined && completions.integer() === undefined) return;
    const atOnce = Math.min(parallelism?.integer() ?? 1, completions?.integer() ?? Number.POSITIVE_INFINITY);
    const inAll = completions?.integer() ?? 1;
    if (parallelism !== undefined && atOnce > 1)
      report({
        message: `${nameOf(resource)} runs ${tool} in ${atOnce} Pods at once (parallelism ${parallelism.integer()}): ${describeOverlap(migration)}.`,
        at: parallelism,
      });
    else if (completions !== undefined && inAll > 1)
      report({
        message: `${nameOf(resource)} runs ${tool} ${inAll} times in a row (completions ${inAll}): the first run leaves nothing for the others to do.`,
        at: completions,
        severity: "info",
      });
  },
});
