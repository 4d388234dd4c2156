import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-without-probes",
  subject: "pooler",
  meta: {
    summary: "The pooler has no readiness probe.",
    rationale:
      "Without one a Pod is ready as soon as its process runs; rolling updates remove the old Pod before the new one listens.",
    remedy: "Add a `tcpSocket` readiness probe on the listen port. A liveness probe must not ask the database.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"],
    quietWhen: "it is a sidecar.",
  },
  check({ container, resource, isSidecar, workload }, { workspace, report }) {
    if (
      container === undefined ||
      workload === undefined ||
      isSidecar ||
      container.node.at("readinessProbe") !== undefined
    )
      return;
    if (resource.kind !== "Deployment" && resource.kind !== "StatefulSet") return;
    const service = workspace.resources.selecting("Service", workload)[0];
    report({
      message: `${nameOf(resource)} has no readiness probe: ${service === undefined ? "clients are sent" : `Service ${service.name} sends clients`} to it before its port is open, at every start and update.`,
      at: container.node.nearest("name"),
    });
  },
});
