import { goesWithItsPod } from "../../change/data-place.ts";
import { serverName } from "../../domain/model/names.ts";
import type { Engine } from "../../facts/engines.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { refuseSpec } from "../../rule/admission.ts";
import type { Fix } from "../../rule/finding.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "grace-period-too-short",
  subject: "database",
  meta: {
    summary: "Kubernetes kills the server before it has shut down.",
    rationale:
      "At the end of the grace period the process is killed. PostgreSQL and InnoDB write a checkpoint when they stop, which takes as long as the disk needs for the dirty pages; if that is cut short, the next start recovers from the log.",
    remedy: "Set `terminationGracePeriodSeconds` to 120 or more; 600 for MySQL with a large buffer pool.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    admission: refuseSpec(
      ["apps/v1/statefulsets", "apps/v1/deployments"],
      "variables.hasClaim && size(variables.servers) > 0 && has(variables.pod.terminationGracePeriodSeconds) && variables.pod.terminationGracePeriodSeconds < 30",
    ),
    references: [
      "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
      "https://www.postgresql.org/docs/current/server-shutdown.html",
    ],
    quietWhen:
      "the period is above 30 s, a small server has the default (only in `all`), or the data does not outlive the Pod.",
  },
  check(database, { report }) {
    const { workload, engine, settings, container } = database;
    if (workload === undefined || !slow.has(engine) || database.durability !== "durable") return;
    // The Pod takes the data along, however it ends.
    if (goesWithItsPod(database)) return;
    const node = workload.podSpec.at("terminationGracePeriodSeconds");
    const seconds = node === undefined ? 30 : node.integer();
    if (seconds === undefined || seconds > 30) return;
    const server = serverName(database);
    const buffers = settings.bytes(engine === "postgresql" ? "shared_buffers" : "innodb_buffer_pool_size");
    const limit = container?.resource("limits", "memory");
    const large = [buffers, caches.has(engine) ? limit : undefined].find(
      (fact) => fact?.value !== undefined && fact.value >= 4 * 1024 ** 3,
    );
    if (node !== undefined && seconds < 30) {
      report({
        message: `Kubernetes kills ${server} ${seconds} s after SIGTERM: ${seconds === 0 ? "it never shuts down cleanly and" : "if its checkpoint takes longer, it"} recovers from its log at the next start.`,
        at: node,
        severity: seconds === 0 ? "error" : "warning",
        fixes: [longer(node)],
      });
      return;
    }
    const what = large?.value === undefined ? "" : ` of ${formatBytes(large.value)} memory`;
    report({
      message: `Flushing the dirty pages${what} can take longer than ${seconds} s${node === undefined ? " (the default)" : ""}: ${server} is then killed and recovers from its log at the next start.`,
      at: node ?? workload.podSpec,
      point: node === undefined ? "key" : "value",
      ...(large === undefined
        ? { severity: "info" as const, presets: [] }
        : { related: [{ message: "this much memory has to be flushed", at: large.at }] }),
      fixes: [
        node === undefined
          ? editFix({
              title: "Wait 120 s before killing the server",
              safety: "unsafe",
              consequence: "Restarts every instance, still with the old grace period.",
              edits: insertKey(workload.podSpec, "terminationGracePeriodSeconds", 120),
            })
          : longer(node),
      ],
    });
  },
});

/** Engines that write out changed pages or hand over before they stop. */
const slow: ReadonlySet<Engine> = new Set([
  "postgresql",
  "mysql",
  "mariadb",
  "mongodb",
  "cassandra",
  "elasticsearch",
  "opensearch",
  "cockroachdb",
]);

/** Of these the memory is mostly pages of the data files; of a Java server it is heap, and little of it is unwritten. */
const caches: ReadonlySet<Engine> = new Set(["postgresql", "mysql", "mariadb", "mongodb", "cockroachdb"]);

function longer(node: YamlNode): Fix | undefined {
  return editFix({
    title: "Wait 120 s before killing the server",
    safety: "unsafe",
    consequence: "Restarts every instance, still with the old grace period.",
    edits: setValue(node, 120),
  });
}
