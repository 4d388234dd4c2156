import { nameOf } from "../../domain/model/names.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "update-stops-at-partition",
  subject: "database",
  meta: {
    summary: "The update strategy holds back every Pod.",
    rationale:
      "`partition` keeps ordinals below it at the old revision. At or above the number of replicas no Pod is ever updated, and nothing reports it: a fixed image or setting never arrives.",
    remedy: "Set `partition: 0` when the canary is over.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions"],
    quietWhen: "some ordinals are above the partition: a canary.",
  },
  check({ workload, resource }, { report }) {
    if (workload === undefined || resource.kind !== "StatefulSet") return;
    const partition = resource.node.at("spec", "updateStrategy", "rollingUpdate", "partition");
    const number = partition?.integer();
    const start = integerFact(resource.node, ["spec", "ordinals", "start"], 0).value;
    const replicas = workload.replicas.value;
    if (
      partition === undefined ||
      number === undefined ||
      number === 0 ||
      replicas === undefined ||
      start === undefined
    )
      return;
    if (number < start + replicas) return;
    report({
      message: `No Pod of ${nameOf(resource)} is ever updated: partition ${number} holds back all ordinals below it, and there ${replicas === 1 ? "is 1 replica" : `are ${replicas} replicas`}.`,
      at: partition,
      related: [{ message: "replicas", at: workload.replicas.at }],
    });
  },
});
