import { nameOf, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "governing-service-not-headless",
  subject: "database",
  meta: {
    summary:
      "The governing Service of a database's StatefulSet has a cluster IP, so it publishes no names for single Pods.",
    rationale:
      "Only a headless Service publishes a record for each Pod. With a cluster IP `<pod>.<service>` does not resolve, and `clusterIP` cannot be changed to `None` later.",
    remedy:
      "Use a second, headless Service as `serviceName` and keep this one for clients. For an existing StatefulSet that means recreating it with `--cascade=orphan`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/services-networking/service/#headless-services"],
  },
  check({ resource, instances }, { workspace, report }) {
    if (resource.kind !== "StatefulSet") return;
    const node = resource.node.at("spec", "serviceName");
    const name = node?.string();
    if (node === undefined || name === undefined || name === "") return;
    const service = workspace.resources.find("Service", name, resource);
    if (service === undefined || service.isUnsettled) return;
    const clusterIp = service.node.at("spec", "clusterIP");
    if (clusterIp?.value === "None") return;
    const type = service.node.string("spec", "type") ?? "ClusterIP";
    const one = instances.value === 1;
    report({
      message: `Service ${shortName(service)} has ${type === "ClusterIP" ? "a cluster IP" : `type ${type}`}: ${resource.name}-0.${name} does not resolve, because only a headless Service gives single Pods names.`,
      at: node,
      related: [
        { message: `${nameOf(service)} is not headless`, at: clusterIp ?? service.node.nearest("spec", "type") },
      ],
      // One instance is reached by the Service's own name: nobody needs the Pod's.
      ...(one ? { severity: "info" } : {}),
    });
  },
});
