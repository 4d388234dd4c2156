import { nameOf } from "../../domain/model/names.ts";
import { poolerIn } from "../../domain/pooler/evident-pooler.ts";
import { writtenLine } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-keeps-job-running",
  subject: "workload",
  meta: {
    summary: "A pooler next to a Job's container never exits, so the Job never completes.",
    rationale:
      "A Job is complete when all its containers have exited. PgBouncer and cloud-sql-proxy keep running: the Job stays active, a CronJob with `concurrencyPolicy: Forbid` never runs again, a Helm hook times out.",
    remedy:
      "Move the pooler to `initContainers` with `restartPolicy: Always` (Kubernetes 1.29 or later), or connect to the pooler's Service.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers"],
    quietWhen: "a container stops the pooler when it finishes, or runs a script that is not in view.",
  },
  check(workload, { report }) {
    const { resource, containers, podSpec } = workload;
    if (!/^(Cron)?Job$/.test(resource.kind)) return;
    const mains = containers.filter(({ role }) => role === "main");
    const proxy = mains.find(isProxy);
    const worker = mains.find((container) => container.image !== undefined && !isProxy(container));
    if (proxy === undefined || worker === undefined || !worker.commandsAreComplete) return;
    // Whoever shares processes or calls an end point may stop it; a script that wraps the pooler may end by itself.
    const mayShareProcesses =
      podSpec.boolean("shareProcessNamespace") ?? podSpec.at("shareProcessNamespace") !== undefined;
    if (mayShareProcesses || proxy.overridesEntrypoint) return;
    // A script may stop it, too.
    if (worker.commands.some(({ words }) => /^(\.|source)$|\.sh$/.test(words[0]?.text ?? "."))) return;
    const written = mains.flatMap((each) => [
      ...each.commands.map(writtenLine),
      ...each.argv.map(({ value }) => value ?? ""),
    ]);
    if (written.some((line) => /quitquitquit|\b(p?kill|killall)\b|SHUTDOWN/i.test(line))) return;
    report({
      message: `${nameOf(resource)} never completes: ${proxy.name} keeps running after ${worker.name} has finished.`,
      at: proxy.node.at("name") ?? proxy.node,
    });
  },
});

function isProxy(container: Container): boolean {
  return poolerIn(container) !== undefined || /(^|\/)(cloud-sql-proxy|gce-proxy)$/.test(container.image?.name ?? "");
}
