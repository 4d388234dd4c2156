import { listeningIn } from "../../domain/hosts/listening.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { listed } from "../../text/listed.ts";

/** The first that is there decides what happens. */
const probes = [
  ["startupProbe", "Kubernetes kills the container again and again"],
  ["livenessProbe", "Kubernetes kills the container again and again"],
  ["readinessProbe", "no Pod ever gets ready, and its Service sends nobody there"],
] as const;

export default defineRule({
  id: "probe-port-serves-nothing",
  subject: "workload",
  meta: {
    summary: "A probe of a database or pooler asks a port that nothing listens on.",
    rationale:
      "A tcpSocket probe that is refused fails. A `containerPort` opens nothing: what the image or its settings say decides where the server listens.",
    remedy: "Probe the port that the server listens on, or have the server listen on the one that is probed.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-tcp-liveness-probe",
    ],
    quietWhen:
      "what one of the Pod's containers listens on is not known, or a Service sends clients to the same port: then that one is reported.",
  },
  check(workload, { workspace, report }) {
    if (workload.resource.isUnsettled) return;
    const listening = listeningIn(workload, workspace.topology) ?? [];
    if (new Set(listening.map(({ port }) => port)).size < listening.length) return; // pooler-shares-port says it
    const services = workspace.resources.selecting("Service", workload);
    for (const { container } of listening) {
      const asked = probes.flatMap(([name, effect]) => {
        const at = container.node.at(name, "tcpSocket", "port");
        const named = container.ports.find((port) => port.name !== undefined && port.name === at?.text());
        const port = named?.number ?? Number(at?.text());
        const isAnswered = listening.some((each) => each.port === port || each.mayOpen(port));
        return at === undefined || !Number.isInteger(port) || isAnswered ? [] : [{ name, effect, at, port }];
      });
      const [first, ...others] = asked;
      if (first === undefined) continue;
      const names = listed(asked.map(({ name }) => name));
      const isServed = services.some((service) =>
        (service.node.at("spec", "ports")?.items() ?? []).some(
          (each) => Number(each.text("targetPort") ?? each.text("port")) === first.port,
        ),
      );
      if (isServed) continue; // service-port-serves-nothing says it
      const servers = listening.map((each) => `${each.by} listens on ${each.port}`);
      report({
        message: `The ${names} of ${nameOf(workload.resource)} ${asked.length === 1 ? "asks" : "ask"} port ${first.port}, where nothing listens (${listed(servers)}): ${first.effect}.`,
        at: first.at,
        related: others.map(({ name, at }) => ({ message: name, at })),
      });
    }
  },
});
