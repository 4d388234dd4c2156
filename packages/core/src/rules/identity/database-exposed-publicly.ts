import { exposureOf, plainTextMode } from "../../domain/hosts/exposure.ts";
import { operatedBehind } from "../../domain/hosts/resolve-host.ts";
import { leadsToServer } from "../../domain/hosts/service-port.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { engineOfPort } from "../../facts/ports.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-exposed-publicly",
  subject: "resource",
  kinds: ["Service"],
  meta: {
    summary: "A Service opens a database to the world outside the cluster.",
    rationale:
      "Most clouds give a LoadBalancer Service a public address. Databases there are found and attacked within hours. A NodePort opens the port on every node and is as public as the nodes are.",
    remedy: "Use type ClusterIP, your cloud's annotation for an internal load balancer, or `loadBalancerSourceRanges`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer"],
    quietWhen:
      "an annotation names an internal or private balancer, source ranges are set, or the address is a private one; or the Service leads to another program in the Pod.",
  },
  check(service, { workspace, report }) {
    const { to, by } = exposureOf(service);
    if (to !== "public" || by === undefined) return;
    const workload = workspace.resources.selectedBy(service)[0];
    const found = workload === undefined ? undefined : workspace.topology.databaseOf(workload);
    // In one Pod with an application, the Service may be the application's.
    const database = found === undefined || !leadsToServer(service, found) ? undefined : found;
    const pooler =
      workload === undefined
        ? undefined
        : workspace.topology.poolers.find((candidate) => candidate.workload === workload);
    // A label such as `app.kubernetes.io/instance` may be another program's as well: the port says which is meant.
    const behind = workload === undefined ? operatedBehind(service, workspace.topology.databases) : undefined;
    const operated = behind !== undefined && opensPortOf(behind, service) ? behind : undefined;
    if (operated === undefined && database === undefined && (pooler === undefined || pooler.isSidecar)) return;
    // pooler-exposed-without-tls says that its clients come from outside, and more.
    if (
      database === undefined &&
      by.name !== "externalIPs" &&
      pooler !== undefined &&
      plainTextMode(pooler, service) !== undefined
    )
      return;
    const what =
      operated !== undefined
        ? nameOf(operated.resource)
        : database === undefined
          ? (pooler?.software ?? "a pooler")
          : serverName(database);
    if (by.name !== "LoadBalancer") {
      report({
        message:
          by.name === "NodePort"
            ? `${nameOf(service)} of type NodePort opens ${what} on every node: anyone who can reach a node can reach the database.`
            : `${nameOf(service)} accepts connections for ${what} on addresses outside the cluster (externalIPs).`,
        at: by.at,
        // The usual way in a homelab, behind its router.
        severity: "info",
      });
      return;
    }
    report({
      message: `${nameOf(service)} of type LoadBalancer gives ${what} an address outside the cluster, on most clouds a public one; no source range or internal class limits it.`,
      at: by.at,
    });
  },
});

function opensPortOf({ engine }: Database, service: Resource): boolean {
  const ports = service.node.at("spec", "ports")?.items() ?? [];
  const isMySql = engine === "mysql" || engine === "mariadb";
  return ports.some((port) => {
    const meant = engineOfPort(port.integer("targetPort") ?? port.integer("port"));
    return meant === engine || (isMySql && (meant === "mysql" || meant === "mariadb"));
  });
}
