import { databasesServedBy } from "../../domain/database/database-index.ts";
import { nameOf } from "../../domain/model/names.ts";
import { engineOfPort } from "../../facts/ports.ts";
import { selectorOf } from "../../kube/index-resources.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
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
    references: ["https://kubernetes.io/docs/concepts/services-networking/service/"],
    quietWhen: "the selector uses labels that operators set, or nothing in view resembles what it selects.",
  },
  check(service, { workspace, report }) {
    const selector = selectorOf(service);
    if (selector === undefined) return;
    const ports = service.node.at("spec", "ports")?.items() ?? [];
    const port = ports.find((item) => engineOfPort(item.integer("targetPort") ?? item.integer("port")) !== undefined);
    if (port === undefined || workspace.everything.resources.selectedBy(service).length > 0) return;
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

const setByOperators =
  /(^|[/.])(role|spilo-role|cluster-name|cnpg\.io|stackgres|patroni)|cnpg\.io|crunchydata|percona|zalan|mariadb\.com|statefulset\.kubernetes\.io/;
