import { nameOf } from "../../domain/model/names.ts";
import { volumeOf } from "../../domain/storage/volumes.ts";
import { claimOf } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "local-volume-without-node",
  subject: "database",
  meta: {
    summary: "A PersistentVolume on a node's disk does not say which node.",
    rationale:
      "The API server refuses a `local` volume without nodeAffinity. A `hostPath` volume is accepted: the Pod may start on another node, with an empty directory of the same name.",
    remedy: "Add `nodeAffinity` for `kubernetes.io/hostname`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["PersistentVolume"],
    references: ["https://kubernetes.io/docs/concepts/storage/volumes/#local"],
    quietWhen: "no database in view uses the volume, or the Pod is bound to its node.",
  },
  check({ workload, dataDirectory, resource }, { workspace, report }) {
    const claim = dataDirectory?.mount?.volume;
    if (workload === undefined || claim === undefined) return;
    if (workload.podSpec.at("nodeName") !== undefined || workload.podSpec.at("nodeSelector") !== undefined) return;
    const claimSpec = claimOf(workload, claim.name, workspace.resources)?.spec;
    const volume = claimSpec === undefined ? undefined : volumeOf(claimSpec, workspace.resources);
    const spec = volume?.node.at("spec");
    const source = spec?.at("local") ?? spec?.at("hostPath");
    if (volume === undefined || volume.isUnsettled || source === undefined || spec?.at("nodeAffinity") !== undefined)
      return;
    const isLocal = spec?.at("local") !== undefined;
    report({
      message: isLocal
        ? `${nameOf(volume)} is refused: a local volume has to name its node. ${nameOf(resource)} waits for it.`
        : `${nameOf(resource)} may start on any node, and finds ${source.string("path") ?? "the directory"} of ${nameOf(volume)} empty on every node but the first.`,
      at: source,
      point: "key",
      subject: volume,
      ...(isLocal ? {} : { severity: "warning" as const, presets: ["recommended" as const] }),
      related: [{ message: "the database", at: resource.node.nearest("metadata", "name") }],
    });
  },
});
