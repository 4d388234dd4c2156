import { nameOf } from "../../domain/model/names.ts";
import { openedKinds, operatorOpenings } from "../../domain/operators/read-operators.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "operator-opens-database",
  subject: "resource",
  kinds: openedKinds,
  meta: {
    summary: "A custom resource has its operator open a database to the world outside the cluster.",
    rationale:
      "The type in the resource becomes the type of the operator's Service. Most clouds give a LoadBalancer a public address, and the operators' own login rules accept every address. Databases there are found and attacked within hours.",
    remedy:
      "Leave the type at ClusterIP, add your cloud's annotation for an internal load balancer, or limit it with the operator's source ranges.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer",
      "https://cloudnative-pg.io/documentation/current/service_management/",
    ],
    quietWhen:
      "an annotation names an internal or private balancer, source ranges are set, the address is a private one, or the section, or the proxy it belongs to, is switched off.",
  },
  check(resource, { report }) {
    for (const { type, at } of operatorOpenings(resource)) {
      report(
        type === "NodePort"
          ? {
              message: `${nameOf(resource)} has its operator open the database on every node (NodePort): anyone who can reach a node can reach it.`,
              at,
              // The usual way in a homelab, behind its router.
              severity: "info",
            }
          : {
              message: `${nameOf(resource)} has its operator make a LoadBalancer: the database gets an address outside the cluster, on most clouds a public one; no source range or internal class limits it.`,
              at,
            },
      );
    }
  },
});
