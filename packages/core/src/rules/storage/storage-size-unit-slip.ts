import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "storage-size-unit-slip",
  subject: "database",
  meta: {
    summary: "The size of a database's volume has a unit that means something else, or nothing.",
    rationale:
      "`10m` is ten thousandths of a byte; `10GB` and `10MB` are refused. Kubernetes writes sizes as `10Gi` or `10G`.",
    remedy: "Write `Mi`, `Gi` or `Ti`.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"],
  },
  check({ workload, resource }, { workspace, report }) {
    for (const volume of workload?.volumes ?? []) {
      const spec: YamlNode | undefined =
        volume.claimSpec ??
        (volume.sourceName === undefined
          ? undefined
          : workspace.resources.find("PersistentVolumeClaim", volume.sourceName, resource)?.node.at("spec"));
      const node = spec?.at("resources", "requests", "storage");
      const text = node?.text();
      if (node === undefined || text === undefined) continue;
      const match = /^\d+(?:\.\d+)?(m|[KMGT]B|[kmgt]i?b?|gb|mb)$/.exec(text);
      if (match === null || match[1] === "k") continue;
      const effect =
        match[1] === "m" ? "is thousandths of a byte" : "is not a valid Kubernetes quantity and is refused";
      report({ message: `Storage ${text} ${effect}: write Gi for gibibytes, Mi for mebibytes.`, at: node });
    }
  },
});
