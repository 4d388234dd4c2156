import { databasesServedBy } from "../../domain/database/database-index.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { type Command, programOf } from "../../embedded/command.ts";
import { workloadKinds } from "../../facts/kinds.ts";
import { engineOfPort } from "../../facts/ports.ts";
import type { Container } from "../../kube/container.ts";
import { selectorOf } from "../../kube/index-resources.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import { mayMatch } from "../../kube/selector.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "service-selects-nothing",
  subject: "resource",
  kinds: ["Service"],
  meta: {
    summary: "A database's Service selects no Pod of any workload in view.",
    rationale: "A Service without endpoints refuses every connection. Usually a label was renamed on one side only.",
    remedy: "Make the selector match the labels of the Pod template.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    yieldsTo: ["governing-service-selects-other-pods"],
    fixable: "no",
    needs: "folder",
    misses: workloadKinds,
    references: ["https://kubernetes.io/docs/concepts/services-networking/service/"],
    quietWhen:
      "the selector uses labels that operators set, or a role that a program in the Pod or a script in view may set, or nothing in view resembles what it selects.",
  },
  check(service, { workspace, report }) {
    const selector = selectorOf(service);
    if (selector === undefined) return;
    const ports = service.node.at("spec", "ports")?.items() ?? [];
    const port = ports.find((item) => engineOfPort(item.integer("targetPort") ?? item.integer("port")) !== undefined);
    if (port === undefined || workspace.everything.resources.selectedBy(service).length > 0) return;
    const roles = selector.pairs.filter(([key]) => key === "role");
    if (roles.length > 0 && roles.length < selector.pairs.length) {
      const members = membersWithoutRole(service, selector.pairs, workspace);
      if (members?.workload === undefined) return;
      report({
        message: `${nameOf(service)} selects no Pod: it requires ${roles.map(([key, value]) => `${key}=${value}`).join(", ")}, which the Pods of ${nameOf(members.resource)} do not carry, and nothing in view sets it.`,
        at: selector.node,
        point: "key",
        remedy:
          "Let something that knows the role label the Pods (Patroni, an operator), or name the member: `statefulset.kubernetes.io/pod-name: NAME-0`.",
        related: [{ message: "the labels of the Pods", at: members.workload.template.nearest("metadata", "labels") }],
      });
      return;
    }
    if (selector.pairs.some(([key]) => setByOperators.test(key))) return;
    // Named like a database workload in view, so that it is that one's Service and not one of an object made elsewhere.
    const meant = databasesServedBy(service.name, workspace.topology).find(
      ({ workload, resource }) => workload !== undefined && !resource.isUnsettled && namespacesAgree(resource, service),
    );
    if (meant?.workload === undefined) return;
    const labels = meant.workload.podLabels;
    if (mayMatch(selector, labels)) return;
    const missing = selector.pairs
      .filter(([key, value]) => labels[key] !== value)
      .map(([key, value]) => `${key}=${value}`);
    report({
      message: `${nameOf(service)} selects no Pod: it requires ${missing.join(", ")}, which the Pods of ${nameOf(meant.resource)} do not have.`,
      at: selector.node,
      point: "key",
      // A rendered set is applied as it is: nothing else can bring the Pods.
      ...(workspace.unit.kind === "stdin" ? { severity: "error" as const } : {}),
      related: [{ message: "the labels of the Pods", at: meant.workload.template.nearest("metadata", "labels") }],
    });
  },
});

/** The plain servers that a Service would select if they had a role, where nothing in view could give them one. */
function membersWithoutRole(
  service: Resource,
  pairs: readonly (readonly [string, string])[],
  { topology, resources }: Workspace,
): Database | undefined {
  const others = pairs.filter(([key]) => key !== "role");
  const members = topology.databases.find(
    ({ workload, resource }) =>
      workload !== undefined &&
      !resource.isUnsettled &&
      namespacesAgree(resource, service) &&
      workload.podLabels.role === undefined &&
      others.every(([key, value]) => workload.podLabels[key] === value),
  );
  if (members?.workload === undefined || !members.workload.containers.every(runsKnownPrograms)) return undefined;
  // A Job or another Pod may do it.
  const mayBeSet = [...resources].some(
    ({ workload }) =>
      workload?.containers.some(
        ({ commands, image }) => commands.some(mayLabel) || /kubectl|label/.test(image?.name ?? ""),
      ) === true,
  );
  return mayBeSet ? undefined : members;
}

/** An official image, whose entrypoint labels nothing, or an exporter, with scripts that are in view. */
function runsKnownPrograms({ image, commandsAreComplete }: Container): boolean {
  if (image === undefined || image.isTemplated || !commandsAreComplete) return false;
  return (
    /^(?:postgres|mysql|mariadb|mongo|redis|valkey\/valkey|busybox|alpine|bash|debian|ubuntu)$/.test(image.name) ||
    image.name.includes("exporter")
  );
}

function mayLabel(command: Command): boolean {
  return /^(?:kubectl|oc|curl|wget|python3?|node|go|perl)$/.test(programOf(command));
}

const setByOperators =
  /(^|[/.])(role|spilo-role|cluster-name|cnpg\.io|stackgres|patroni)|cnpg\.io|crunchydata|percona|zalan|mariadb\.com|statefulset\.kubernetes\.io/;
