import { ontoVolume } from "../../change/procedures/volume-ahead.ts";
import { isForRestoreTests } from "../../domain/backup/restore-into-use.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { refuseSpec, templated } from "../../rule/admission.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "data-on-emptydir",
  subject: "database",
  meta: {
    summary: "The data directory is on an emptyDir, which is deleted with the Pod.",
    rationale:
      "An emptyDir lives as long as its Pod: a drain, a rollout or a preemption deletes it. MongoDB clusters in production have been found empty after a node upgrade this way.",
    remedy:
      "Put the data on a claim (`volumeClaimTemplates`), or declare it with the annotation `dbops/data: ephemeral` or `cache`.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    admission: refuseSpec(
      templated,
      "variables.dataVolumes.exists(v, has(v.emptyDir) && (!has(v.emptyDir.medium) || v.emptyDir.medium != 'Memory'))",
    ),
    references: [
      "https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
      "https://github.com/kubernetes/kubernetes/issues/12136",
    ],
    quietWhen:
      "the data is declared a cache or ephemeral, by annotation or by the server's own settings, the emptyDir is in memory, or Jobs restore into the database and no application uses it.",
  },
  check(database, { workspace, report }) {
    const { dataDirectory, resource } = database;
    const mount = dataDirectory?.mount;
    if (mount?.volume?.source !== "empty-dir" || database.durability !== "durable") return;
    if (isForRestoreTests(database, workspace)) return;
    const isCacheEngine = database.engine === "redis" || database.engine === "valkey";
    const persists =
      database.settings.get("appendonly")?.value === "yes" || database.settings.get("save") !== undefined;
    report({
      message: `${serverName(database)} keeps ${dataDirectory?.path.value ?? "its data"} on emptyDir ${mount.name}: every deletion of a Pod of ${nameOf(resource)}, including by a rollout or drain, deletes the data.`,
      at: mount.volume.node.nearest("emptyDir"),
      point: "key",
      related: [{ message: `mounted at ${mount.mountPath}`, at: mount.node }],
      fixes: [
        procedure(
          "Show how to put the data on a claim",
          "The server starts on an empty volume: what it holds now is dumped before and restored afterward.",
          ontoVolume(database, mount.mountPath, mount),
        ),
      ],
      ...(isCacheEngine && !persists ? { severity: "info", presets: [] } : {}),
    });
  },
});
