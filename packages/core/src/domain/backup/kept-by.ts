import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Backup } from "../model/backup.ts";
import type { Retention } from "../model/backup-terms.ts";
import { scriptRetention } from "./script-retention.ts";
import { retentionOfTool } from "./tool-retention.ts";
import { toolRunOf } from "./tool-runs.ts";

/** How long a backup stays, by its object, its tool, or what its script deletes. */
export function keptBy(backup: Backup, resources: ResourceIndex, database = backup.databases[0]): Fact<Retention> {
  if (backup.terms?.keeps !== undefined) return backup.terms.keeps;
  const run = toolRunOf(backup, database);
  return (run && retentionOfTool(run, resources)) ?? scriptRetention(backup);
}
