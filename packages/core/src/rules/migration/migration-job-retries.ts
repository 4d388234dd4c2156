import { isMysqlHost } from "../../domain/model/mysql-host.ts";
import { isLive } from "../../kube/live-world.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "migration-job-retries",
  subject: "migration",
  meta: {
    summary: "A failed migration Job is retried.",
    rationale:
      "A failed migration needs a person to look at it. On MySQL and MariaDB half of it stays applied, and the retry fails on that half, hiding the first error.",
    remedy: "Set `backoffLimit: 0` and read the log of the one failed Pod.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy"],
  },
  check({ where, workload, tool, hosts }, { report }) {
    const { resource } = workload;
    if (where !== "job" || resource.kind !== "Job") return;
    const node = resource.node.at("spec", "backoffLimit");
    const retries = node === undefined ? 6 : node.integer();
    if (retries === undefined || retries === 0) return;
    const isMysql = hosts.some(isMysqlHost);
    // Somebody chose the number, unless it is the one that the API server fills in.
    const isChosen = node !== undefined && !(isLive(resource) && retries === 6);
    if (isChosen && !isMysql) return;
    const spec = resource.node.at("spec");
    const edits = node === undefined ? spec && insertKey(spec, "backoffLimit", 0) : setValue(node, 0);
    report({
      message: `A failed ${tool} migration is run up to ${retries} more times${isChosen ? "" : " (the default)"}${isMysql ? ": MySQL commits each DDL statement, so the next run starts on a half-applied migration" : ""}.`,
      at: node ?? resource.node.nearest("spec"),
      point: node === undefined ? "key" : "value",
      fixes: [
        edits && {
          title: "Set backoffLimit to 0",
          safety: "unsafe",
          consequence: "A migration that fails is not tried again, even where only the database was not up yet.",
          edits,
        },
      ],
      ...(isMysql ? { severity: "warning" as const } : {}),
    });
  },
});
