import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "reloader-restarts-database",
  subject: "database",
  meta: {
    summary: "A reloader restarts the database when any of its ConfigMaps or Secrets changes.",
    rationale:
      "`auto` watches everything the Pod mounts or reads: a new password of an exporter, a label of a ConfigMap. Such restarts of production databases without any relevant change are on record.",
    remedy:
      "Name the objects that matter (`configmap.reloader.stakater.com/reload: orders-db-config`), or restart by hand.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/stakater/Reloader/issues/166"],
    quietWhen: "single objects are named, or the data is declared a cache or ephemeral.",
  },
  check({ resource, workload, durability }, { report }) {
    if (workload === undefined || durability !== "durable") return;
    const holders = [resource.node, workload.template].map((node) => node.at("metadata", "annotations"));
    const node = holders
      .flatMap((annotations) => auto.map((name) => annotations?.at(name)))
      .find((each) => each?.text() === "true");
    if (node === undefined) return;
    report({
      message: `A change of any ConfigMap or Secret that ${nameOf(resource)} uses restarts it, including those of its sidecars.`,
      at: node,
      point: "key",
    });
  },
});

const auto = [
  "reloader.stakater.com/auto",
  "configmap.reloader.stakater.com/auto",
  "secret.reloader.stakater.com/auto",
];
