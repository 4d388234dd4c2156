import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "init-container-before-pooler",
  subject: "workload",
  meta: {
    summary: "An init container connects to a pooler that starts only after it.",
    rationale:
      "Init containers run one after another before the other containers of the Pod. A pooler in the same Pod is not running yet: the migration in the init container cannot connect, and the Pod never starts.",
    remedy:
      "Connect the init container to the database itself, or turn the pooler into an init container with `restartPolicy: Always` placed before it.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/init-containers/"],
    quietWhen: "the pooler is a sidecar that starts first, or the host is another Pod's.",
  },
  check(workload, { workspace, report }) {
    const { resource, containers } = workload;
    for (const [index, container] of containers.entries()) {
      if (container.role !== "init") continue;
      for (const host of workspace.topology.hostsIn(container)) {
        if (host.reaches.state !== "pooler" || !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host.host)) continue;
        const pooler = host.reaches.pooler.container;
        if (pooler === undefined || pooler.workload !== workload) continue;
        if (pooler.role === "sidecar" && containers.indexOf(pooler) < index) continue;
        report({
          message: `Nothing answers at ${host.host} while ${container.name} of ${nameOf(resource)} runs: ${pooler.name} starts only after all init containers have finished.`,
          at: host,
          related: [{ message: "the pooler", at: pooler.node.nearest("name") }],
        });
        break;
      }
    }
  },
});
