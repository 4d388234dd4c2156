import { dataClaimsOf, offClaims } from "../../change/data-claims.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { listed } from "../../text/listed.ts";
import { keyOf } from "../../yaml/node.ts";

export default defineRule({
  id: "workload-kind-changed",
  subject: "change",
  meta: {
    summary:
      "A Deployment of a database becomes a StatefulSet, or the other way round: it starts empty, or runs twice on one volume.",
    rationale:
      "A StatefulSet finds its claims by their names (`data-orders-0`), a Deployment uses the claim that it names. Where the two names differ, or the new one names no claim at all, it starts on an empty volume. Where they are the same, both exist for a while: tools that prune create the new object first and delete the old one at the end, and two servers write into one directory.",
    remedy:
      "Let the new one use a claim for its data. Stop the old one, give its volume to the claim that the new one looks for, then apply: `kubectl dbops plan` writes the steps. Where the claim is the same, delete the old object first, and wait until its Pod is gone.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage",
      "https://github.com/dirsigler/uptime-kuma-helm/issues/227",
    ],
    quietWhen: "the data is declared a cache or ephemeral, or on which claim it is is not known on one side.",
  },
  check({ before, after, isRenamed }, { report }) {
    if (!isRenamed || before === undefined || after === undefined || before.resource.kind === after.resource.kind)
      return;
    if (before.database?.durability !== "durable") return;
    const [from, to] = [dataClaimsOf(before), dataClaimsOf(after)];
    const [first] = to ?? [];
    const off = first === undefined ? offClaims(after) : undefined;
    if (from === undefined || (first === undefined && off === undefined)) return;
    const [old, young] = [before.resource, after.resource];
    const at = keyOf(young.node.nearest("kind"));
    const related = [{ message: "the old one", at: keyOf(old.node.nearest("kind")) }];
    if (off !== undefined)
      report({
        verdict: off.state === "dangling" ? "does-not-start" : "starts-empty",
        message: `${nameOf(old)} becomes ${nameOf(young)}: ${off.state === "dangling" ? `it mounts volume ${off.volume}, which its Pods do not have, so the API server refuses it` : `it looks for its data in ${off.volume}`}, and the data stays in ${listed(from)}.`,
        at,
        related,
      });
    else if (first === undefined) return;
    else if (from.includes(first))
      report({
        severity: "warning",
        message: `${nameOf(old)} becomes ${nameOf(young)} on the same claim ${first}: delete the old one first, or both servers write into it until it is pruned.`,
        at,
        related,
      });
    else
      report({
        verdict: "starts-empty",
        message: `${nameOf(old)} becomes ${nameOf(young)}: it starts on claim ${first}, and the data stays in ${listed(from)}.`,
        at,
        related,
      });
  },
});
