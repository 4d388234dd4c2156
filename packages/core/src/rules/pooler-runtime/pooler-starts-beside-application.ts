import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-starts-beside-application",
  subject: "pooler",
  meta: {
    summary: "A pooler next to its application may start after it and stop before it.",
    rationale:
      "Containers of a Pod start and stop at the same time: the application's first connections are refused, and so are its last ones at each rollout. An init container with `restartPolicy: Always` starts before and stops after the others.",
    remedy: "Move the pooler to `initContainers` with `restartPolicy: Always` (Kubernetes 1.29), with a startup probe.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/"],
    quietWhen: "it is such a container already, or nothing in its Pod connects to it.",
  },
  check({ isSidecar, container, workload, resource }, { workspace, report }) {
    if (!isSidecar || container === undefined || container.role !== "main" || workload === undefined) return;
    if (/^(Cron)?Job$/.test(resource.kind)) return;
    const client = workspace.topology.clients.find(
      ({ container: each, host: { reaches } }) =>
        each.workload === workload && reaches.state === "pooler" && reaches.pooler.container === container,
    );
    if (client === undefined) return;
    report({
      message: `${client.container.name} of ${nameOf(resource)} connects through ${container.name}, but may run before it is up and after it is gone: containers of a Pod start and stop at the same time.`,
      at: container.node.nearest("name"),
    });
  },
});
