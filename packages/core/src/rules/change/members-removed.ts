import { claimNames, withFate } from "../../change/claim-names.ts";
import { farewells } from "../../change/procedures/engines.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "members-removed",
  subject: "change",
  meta: {
    summary: "A database is scaled down: to nothing, or without its members being told.",
    rationale:
      "Kubernetes stops the Pods with the highest ordinals and tells the database nothing. An engine that keeps a list of its members goes on counting them: with a majority of them gone it stops taking writes, and data of which they had the only copy is missing.",
    remedy:
      "Of a StatefulSet, decommission the members first, one at a time, then lower `replicas`. Of an operator's resource, see first that the instances that stay are in sync: the operator does the rest. To stop a database on purpose, say so in the change and check that its claims stay.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/run-application/scale-stateful-set/"],
    quietWhen:
      "the engine keeps no list of members and a Pod is left, a number is not known, or the data is a cache or ephemeral.",
  },
  check({ before, after, isRenamed, claims }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old === undefined || young === undefined || old.durability !== "durable") return;
    const [from, to] = [old.instances.value, young.instances.value];
    if (from === undefined || to === undefined || to >= from || withFate(claims, "deleted").length > 0) return;
    const left = withFate(claims, "left-behind");
    const kept = left.length === 0 ? "" : `; ${claimNames(left)} ${left.length === 1 ? "stays" : "stay"}`;
    const farewell = farewells[young.engine];
    if (to === 0)
      report({
        verdict: "stops",
        message: `${nameOf(young.resource)} is scaled to 0: no Pod answers${kept}.`,
        at: young.instances.at,
        related: [{ message: `was ${from}`, at: old.instances.at }],
      });
    else if (young.operator?.deletesClaimsOfRemoved === true)
      report({
        verdict: "loses-instances",
        ...(to === 1 ? {} : { severity: "info" }),
        message: `${nameOf(young.resource)} goes from ${from} instances to ${to}: ${young.operator.title} deletes ${from - to === 1 ? (to === 1 ? "the other one with its claims" : "one with its claims") : `${to === 1 ? "the other " : ""}${from - to} with their claims`}, and ${to === 1 ? "no replica is left to fail over to" : `${to} go on`}.`,
        at: young.instances.at,
        related: [{ message: `was ${from}`, at: old.instances.at }],
      });
    else if (farewell !== undefined && young.operator === undefined && from > 1)
      report({
        message: `${nameOf(young.resource)} goes from ${from} to ${to} members and nobody tells the others: ${farewell.first}.`,
        at: young.instances.at,
        related: [{ message: `was ${from}`, at: old.instances.at }],
      });
  },
});
