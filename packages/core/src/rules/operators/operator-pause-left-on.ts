import { nameOf } from "../../domain/model/names.ts";
import { operatorPauses, pausedKinds } from "../../domain/operators/read-operators.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "operator-pause-left-on",
  subject: "resource",
  kinds: pausedKinds,
  meta: {
    summary: "A custom resource is paused, stopped or hibernated.",
    rationale:
      "A switch for an hour of maintenance that is committed stays on: the servers stay down, or the operator neither repairs nor updates them, and each deployment says so again.",
    remedy: "Set the switch back, unless the database is meant to rest.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://docs.percona.com/percona-operator-for-mysql/pxc/pause.html",
      "https://cloudnative-pg.io/documentation/current/declarative_hibernation/",
      "https://cloudnative-pg.io/documentation/current/connection_pooling/#pausing-connections",
    ],
    quietWhen: "the switch is filled in later.",
  },
  check(resource, { report }) {
    for (const { at, effect } of operatorPauses(resource))
      report({
        message: `${nameOf(resource)} ${effect}: ${String(at.yamlPath.at(-1))} is ${at.text()}.`,
        at,
        ...(resource.kind === "Pooler" ? { severity: "warning" as const } : {}),
      });
  },
});
