import { shortName } from "../../domain/model/names.ts";
import type { Reach } from "../../domain/model/reach.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "host-reaches-nothing",
  subject: "host",
  meta: {
    summary: "A host name points to a Pod, Service or namespace that these manifests do not create.",
    rationale:
      "`<pod>.<service>` resolves only for ordinals that run, under the StatefulSet's own governing Service, and only if that Service is headless. A Service's short name works only inside its namespace.",
    remedy: "Use the name of a Pod or Service that exists (see the message), or create the missing one.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/"],
    quietWhen: "the StatefulSet or Service is not in view, is patched, or has an autoscaler.",
  },
  check(host, { workspace, report }) {
    const { reaches } = host;
    if (reaches.state !== "nothing" || reaches.near === undefined) return;
    // A script that names it five times has one fault.
    const same = workspace.topology.hosts.filter(
      (each) => each.host === host.host && each.writtenBy === host.writtenBy && each.reaches.state === "nothing",
    );
    if (same[0] !== host) return;
    report({
      message: explain(host.host, reaches),
      at: host,
      subject: host.writtenBy,
      related: [
        {
          message: `${reaches.near.kind} ${shortName(reaches.near)}`,
          at: reaches.near.node.nearest("metadata", "name"),
        },
        ...same.slice(1, 5).map((at) => ({ message: "written here, too", at })),
      ],
    });
  },
});

function explain(host: string, reach: Extract<Reach, { state: "nothing" }>): string {
  const near = reach.near;
  if (near === undefined) return `Nothing answers at ${host}.`;
  switch (reach.because) {
    case "ordinal": {
      const replicas = integerFact(near.node, ["spec", "replicas"], 1).value ?? 1;
      const start = integerFact(near.node, ["spec", "ordinals", "start"], 0).value ?? 0;
      const range =
        replicas === 1 ? `${near.name}-${start}` : `${near.name}-${start} … ${near.name}-${start + replicas - 1}`;
      return `Nothing answers at ${host}: ${shortName(near)} has ${replicas === 1 ? "1 replica" : `${replicas} replicas`} (${range}).`;
    }
    case "governing":
      return `Nothing answers at ${host}: the Pods of StatefulSet ${shortName(near)} get their names under its serviceName, ${near.node.string("spec", "serviceName") ?? "which is not set"}.`;
    case "statefulset":
      return `Nothing answers at ${host}: the Pods behind that Service are called ${near.name}-0, ${near.name}-1, …`;
    case "not-headless":
      return `Nothing answers at ${host}: Service ${shortName(near)} is not headless, so it publishes no names for single Pods.`;
    case "namespace":
      return `Nothing answers at ${host} in this namespace: Service ${near.name} is in ${near.namespace}. From other namespaces use ${near.name}.${near.namespace}.`;
  }
}
