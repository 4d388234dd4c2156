import type { Side } from "../../change/change.ts";
import type { ConnectionBudget } from "../../domain/model/connections.ts";
import { shortName } from "../../domain/model/names.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "connections-no-longer-fit",
  subject: "change",
  meta: {
    summary: "With this change more connections may be opened than the database accepts; before it they fitted.",
    rationale:
      'Replicas, pool sizes and `max_connections` are set in different files, and each change looks harmless by itself. The sum is noticed under load: the database refuses clients with "too many clients already", and poolers queue.',
    remedy:
      "Change the other numbers in the same step: `kubectl dbops pool` shows the sum, and `--what-if` what fits. A raised `max_connections` needs memory, and a restart.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS",
      "https://www.pgbouncer.org/config.html",
    ],
    quietWhen:
      "the sum was over the limit before, max_connections is not known, or a pool is only a library's default; the rule pooler-exceeds-max-connections says it of the manifests as they are.",
  },
  check({ after, among }, { report }) {
    if (after === undefined) return;
    const { topology, resources } = after.workspace;
    for (const database of topology.databases) {
      const old = among.otherSideOf(database.resource);
      if (old?.database === undefined) continue;
      const now = topology.connectionsOf(database);
      const limit = now.limit.value;
      if (limit === undefined || now.peak <= limit) continue;
      const before = old.workspace.topology.connectionsOf(old.database);
      if (before.limit.value === undefined || before.peak > before.limit.value) continue;
      if (now.rows.some(({ isByDefault }) => isByDefault)) continue;
      const cause = causeOf(now, resources, (resource) => among.changeOf(resource) !== undefined);
      if (cause?.resource !== after.resource) continue;
      report({
        severity: now.rows.some(({ isAutoscaled }) => isAutoscaled) ? "warning" : "error",
        message: `${shortName(database.resource)} gets ${now.isLowerBound ? "at least" : "up to"} ${now.peak} connections at peak and accepts ${limit} (${now.limitFormula}); before this change it was ${before.peak} of ${before.limit.value}.`,
        at: cause.at,
        related: [
          { message: now.limitFormula, at: now.limit.at },
          ...now.rows.slice(0, 3).map(({ formula, label, at }) => ({ message: `${label}: ${formula}`, at })),
        ],
      });
    }
  },
});

/** The first term of the sum whose object changes: of several changed objects one reports it. */
function causeOf(
  { rows, limit }: ConnectionBudget,
  resources: Side["workspace"]["resources"],
  isChanged: (resource: Resource) => boolean,
): { readonly resource: Resource; readonly at: Place } | undefined {
  const places = [...rows.flatMap(({ at, terms }) => [at, ...terms.map((term) => term.at)]), limit.at];
  const changed = [...resources].filter(isChanged);
  for (const at of places) {
    const resource = changed.find(
      ({ document: { file, span } }) => file === at.file && span.start <= at.span.start && at.span.end <= span.end,
    );
    if (resource !== undefined) return { resource, at };
  }
  return undefined;
}
