import { dataPlaceOf } from "../../change/data-place.ts";
import { serverImageOf } from "../../domain/database/server-container.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "append-only-starts-empty",
  subject: "change",
  meta: {
    summary: "The append-only file is switched on by a restart: the server does not load its snapshot.",
    rationale:
      "With `appendonly yes` Redis and Valkey load the append-only file at a start, and nothing else. Where none has been written yet, the server starts with no keys, and its next snapshot overwrites the one that had them.",
    remedy:
      "Switch it on in the running server first: `CONFIG SET appendonly yes`, and wait until `INFO persistence` says `aof_rewrite_in_progress:0`. Then apply the change.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#how-i-can-switch-to-aof-if-im-currently-using-dumprdb-snapshots",
    ],
    quietWhen:
      "the setting is not known on one side, others have a copy, or the data is a cache or not on a volume that outlives its Pod.",
  },
  check({ before, after, isRenamed }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old === undefined || young === undefined || old.durability !== "durable") return;
    if (!keepsSnapshots(old) || (young.engine !== "redis" && young.engine !== "valkey")) return;
    const setting = young.settings.get("appendonly");
    if (setting?.value !== "yes") return;
    const [from, to] = [dataPlaceOf(old), dataPlaceOf(young)];
    if (from?.isLasting !== true || to?.volume !== from.volume || to.inside !== from.inside) return;
    report({
      verdict: "starts-empty",
      message: `${serverName(young)} of ${nameOf(young.resource)} starts with no keys: with appendonly yes it loads the append-only file, which is not written yet, and its next snapshot overwrites the one in ${from.volume}.`,
      at: setting.at,
    });
  },
});

/** A single server that has written snapshots only, as far as its settings say. */
function keepsSnapshots({ engine, image, settings, instances, replication }: Database): boolean {
  if ((engine !== "redis" && engine !== "valkey") || instances.value !== 1 || replication.value !== "none")
    return false;
  if (serverImageOf(image)?.family === "bitnami-redis") return false; // appends by default
  const setting = settings.get("appendonly");
  return setting === undefined ? settings.isComplete : setting.value === "no";
}
