import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { conditionOf } from "./live-data.ts";

/** What is known of the runs of a CronJob. */
export interface JobRuns {
  /** When its last good run ended. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/#CronJobStatus */
  readonly lastSuccess: YamlNode | undefined;
  /** Runs that failed since, as far as their Jobs are still there. */
  readonly failed: number;
  /** The newest run that has ended, and its start as the cluster writes it. */
  readonly last: { readonly run: Resource; readonly at: string } | undefined;
}

export function runsOf(job: Resource, live: LiveWorld): JobRuns {
  const runs = live
    .ownedBy(job)
    .filter((run) => run.kind === "Job" && isDone(run))
    .map((run) => ({ run, at: run.node.text("metadata", "creationTimestamp") ?? "" }))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const good = runs.findIndex(({ run }) => conditionOf(run, "Failed")?.status !== "True");
  return {
    lastSuccess: job.node.at("status", "lastSuccessfulTime"),
    failed: good < 0 ? runs.length : good,
    last: runs[0],
  };
}

function isDone(run: Resource): boolean {
  return ["Complete", "Failed"].some((type) => conditionOf(run, type)?.status === "True");
}
