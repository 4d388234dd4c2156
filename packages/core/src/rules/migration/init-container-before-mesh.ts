import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import { isInjected } from "../../kube/mesh.ts";
import { namespacesAgree, namespacesAgreeAsWritten } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "init-container-before-mesh",
  subject: "workload",
  meta: {
    summary: "An init container connects to a database of a mesh that refuses plaintext, before its proxy runs.",
    rationale:
      "Unless Istio runs its proxy as a native sidecar (the default since 1.27), the proxy starts after all init containers. A migration in an init container then connects without mutual TLS, a server under STRICT resets the connection, and the Pod never starts.",
    remedy:
      'Run the migration in a Job, annotate the Pod with `sidecar.istio.io/nativeSidecar: "true"`, or exempt the port: `traffic.sidecar.istio.io/excludeOutboundPorts` here and `excludeInboundPorts` at the server.',
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://istio.io/latest/docs/setup/additional-setup/cni/#compatibility-with-application-init-containers",
      "https://github.com/istio/istio/issues/32775",
    ],
    quietWhen:
      "no PeerAuthentication in view is STRICT for the server, its port is excluded, or the Pod asks for a native sidecar.",
  },
  check(workload, { workspace, report }) {
    const { resource, containers, podAnnotations } = workload;
    const { resources, topology } = workspace;
    if (!containers.some(({ role }) => role === "init") || !isInjected(workload, resources)) return;
    // Which sidecars are native may also be a label or annotation that is filled in later.
    if (podAnnotations["sidecar.istio.io/nativeSidecar"] !== undefined) return;
    for (const container of containers) {
      if (container.role !== "init") continue;
      for (const host of topology.hostsIn(container)) {
        if (host.reaches.state !== "database") continue;
        const { database } = host.reaches;
        const strict = strictFor(database, resources);
        const excluded = podAnnotations["traffic.sidecar.istio.io/excludeOutboundPorts"];
        if (strict === undefined || excluded !== undefined || database.workload === workload) continue;
        report({
          message: `${container.name} of ${nameOf(resource)} cannot connect to ${nameOf(database.resource)} unless Istio runs native sidecars: it runs before the proxy, and ${nameOf(strict)} (STRICT) refuses plaintext.`,
          at: host,
          related: [{ message: "STRICT", at: strict.node.nearest("spec", "mtls", "mode") }],
        });
        return;
      }
    }
  },
});

/** What makes the server's proxy refuse plaintext at its port; undefined: nothing in view does for certain. */
function strictFor({ workload, resource }: Database, resources: ResourceIndex): Resource | undefined {
  if (workload === undefined || !isInjected(workload, resources)) return undefined;
  if (acceptsPlain(workload)) return undefined;
  const rules = resources.ofKind("PeerAuthentication").filter((rule) => namespacesAgree(rule, resource));
  // One for some Pods or ports may say otherwise, and so may one whose namespace is not known.
  const isOpen = (rule: Resource): boolean =>
    rule.isUnsettled ||
    rule.node.at("spec", "selector") !== undefined ||
    rule.namespace === undefined ||
    !namespacesAgreeAsWritten(rule, resource);
  if (resource.namespace === undefined || rules.some(isOpen)) return undefined;
  return rules.find(
    ({ node }) => node.string("spec", "mtls", "mode") === "STRICT" && node.at("spec", "portLevelMtls") === undefined,
  );
}

function acceptsPlain({ podAnnotations }: Workload): boolean {
  return podAnnotations["traffic.sidecar.istio.io/excludeInboundPorts"] !== undefined;
}
