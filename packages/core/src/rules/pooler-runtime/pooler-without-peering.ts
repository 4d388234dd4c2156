import { count, nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-without-peering",
  subject: "pooler",
  meta: {
    summary: "Several PgBouncers behind one Service do not know each other: canceling a query fails.",
    rationale:
      "A cancel request is a separate connection. The Service sends it to any Pod, and the wrong Pod drops it unless the PgBouncers are peers: the query that nobody waits for keeps running.",
    remedy:
      "Give each Pod a `peer_id` and list all in `[peers]` (1.19 or later), by their names in the governing Service.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#section-peers"],
    quietWhen: "one Pod runs, it is a Deployment (whose Pods have no names to list), or the file is not fully in view.",
  },
  check({ configuration, instances, isSidecar, resource, settings, workload }, { workspace, report }) {
    const text = configuration?.content.value;
    // Pods of a Deployment have no names that a file could list.
    if (resource.kind !== "StatefulSet") return;
    if (text === undefined || isSidecar || workload === undefined) return;
    if ((instances.value ?? 1) < 2 || /%include|^[ \t]*\[peers\]/m.test(text) || /^[ \t]*peer_id[ \t]*=/m.test(text))
      return;
    const [service] = workspace.resources.selecting("Service", workload);
    if (service === undefined || !settings.isComplete) return;
    report({
      message: `Canceling a query through Service ${service.name} mostly fails: each of ${count(instances.value ?? 1, "PgBouncer")} of ${nameOf(resource)} knows only its own clients (no [peers]).`,
      at: instances.at,
    });
  },
});
