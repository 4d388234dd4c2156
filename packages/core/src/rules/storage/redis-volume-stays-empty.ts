import { whyRedisKeepsNothing } from "../../domain/database/redis-replication.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "redis-volume-stays-empty",
  subject: "database",
  meta: {
    summary: "Redis has a claim for its data and writes nothing to it.",
    rationale:
      'With `save ""` and without `appendonly yes` nothing is ever written to disk. The claim costs money and looks like persistence; after a restart the data is gone.',
    remedy: "Remove the claim and set `dbops/data: cache`, or turn on persistence.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/"],
    quietWhen: "the data is declared a cache, or a configuration file is not in view.",
  },
  check(database, { report }) {
    const { engine, resource, dataDirectory, settings, workload } = database;
    const source = dataDirectory?.mount?.volume?.source;
    if (engine !== "redis" && engine !== "valkey") return;
    if (source !== "claim" && source !== "claim-template") return;
    const declared = resource.annotations["dbops/data"] ?? workload?.podAnnotations["dbops/data"];
    if (declared !== undefined || whyRedisKeepsNothing(database) !== "no snapshots") return;
    const save = settings.get("save");
    report({
      message: `${serverName(database)} of ${nameOf(resource)} never writes to the claim at ${dataDirectory?.mount?.mountPath ?? "its directory"}: snapshots are off (save "") and there is no append-only file.`,
      at: save?.at ?? resource.node.nearest("metadata", "name"),
      related:
        dataDirectory?.mount === undefined
          ? []
          : [{ message: "the claim", at: dataDirectory.mount.node.nearest("name") }],
      fixes: [
        procedure(
          "Show how to turn on the append-only file",
          "If it starts with appendonly and only a snapshot, it comes up empty and overwrites the snapshot when it stops.",
          [
            "On the running server: `CONFIG SET appendonly yes`, and wait until `INFO persistence` shows aof_rewrite_in_progress:0.",
            "Then write `appendonly yes` where the server reads it.",
          ],
        ),
      ],
    });
  },
});
