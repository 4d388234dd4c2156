import { claimNames, withFate } from "../../change/claim-names.ts";
import { nameOf, serverName, shortName } from "../../domain/model/names.ts";
import { independentEngines } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "members-start-empty",
  subject: "change",
  meta: {
    summary: "A plain database server gets more Pods: the new ones are empty servers, and no copies.",
    rationale:
      "Kubernetes copies Pods, not data. The new Pods of a plain `postgres`, `mysql`, `mongo` or `redis` image make empty databases on claims of their own, and a Service in front of them sends clients to those as to the old one: rows seem to be missing, and what is written is scattered.",
    remedy: "Keep the old number, or let an operator replicate (CloudNativePG, Zalando, Percona, Crunchy).",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/"],
    quietWhen:
      "anything in the Pod shows replication, a script is not in view, a number is not known, the Pods share one claim, or the data is declared a cache or ephemeral.",
  },
  check({ before, after, isRenamed, claims }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (after === undefined || isRenamed || old === undefined || young?.workload === undefined) return;
    const [from, to] = [old.instances.value, young.instances.value];
    if (from === undefined || to === undefined || from < 1 || to <= from) return;
    if (young.durability !== "durable" || young.replication.value !== "none") return;
    if (!independentEngines.has(young.engine) || young.dataDirectory?.mount?.volume?.source === "claim") return;
    const service = after.workspace.resources
      .selecting("Service", young.workload)
      .find(({ node }) => node.at("spec", "selector", "statefulset.kubernetes.io/pod-name") === undefined);
    const made = withFate(claims, "new");
    const again = withFate(claims, "used-again");
    const isOne = to - from === 1;
    const added = isOne ? "the new Pod" : `the ${to - from} new Pods`;
    const starts = isOne ? "starts" : "start";
    const what =
      again.length === 0
        ? `${added} ${starts} empty${made.length === 0 ? "" : ` (${claimNames(made)})`}`
        : `${added} ${starts} with what ${claimNames(again)} kept from an earlier time${made.length === 0 ? "" : `, or empty (${claimNames(made)})`}`;
    report({
      message: `${nameOf(young.resource)} goes from ${from} to ${to} Pods of ${serverName(young)}, which do not replicate: ${what}${service === undefined ? "" : `, and Service ${shortName(service)} sends clients to ${isOne ? "it" : "them"} too`}.`,
      at: young.instances.at,
      related: [{ message: `was ${from}`, at: old.instances.at }],
    });
  },
});
