import type { Side } from "../../change/change.ts";
import { sideOf } from "../../change/change.ts";
import { pauseOf } from "../../domain/backup/pause.ts";
import type { Backup } from "../../domain/model/backup.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { listed } from "../../text/listed.ts";
import { keyOf } from "../../yaml/node.ts";

export default defineRule({
  id: "database-backup-lost",
  subject: "change",
  meta: {
    summary: "The change takes away the last backup of a database that stays.",
    rationale:
      "A backup that is removed or suspended together with other things is missed only when it is needed. Old archives go on being expired by their bucket.",
    remedy: "Keep it, or add what replaces it in the same change.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://about.gitlab.com/blog/postmortem-of-database-outage-of-january-31/"],
    quietWhen: "another backup of the database is in view, the database goes too, or its data is a cache or ephemeral.",
  },
  check(change, { report }) {
    const { before, after, among } = change;
    if (before === undefined) return;
    const lost = runningBackups(before).filter(({ resource }) => resource === before.resource);
    const databases = new Set(lost.flatMap((backup) => backup.databases));
    const bare = [...databases].flatMap((database) => {
      if (database.durability !== "durable" || database.resource.isPartial) return [];
      const now = database.resource === before.resource ? after : among.otherSideOf(database.resource);
      if (now?.database === undefined || now.resource.isUnsettled) return [];
      const { workspace } = now;
      const isCovered = workspace.everything.topologies.some((topology) =>
        topology.backups.some(
          (backup) =>
            pauseOf(backup.resource) === undefined &&
            (backup.databases.length === 0 ||
              backup.databases.some(({ resource }) => nameOf(resource) === nameOf(now.resource))),
        ),
      );
      return isCovered ? [] : [now.resource];
    });
    if (bare.length === 0) return;
    const pause = after === undefined ? undefined : pauseOf(after.resource);
    const name = nameOf(sideOf(change).resource);
    const what =
      after === undefined
        ? `${name} is removed`
        : pause === undefined
          ? `${name} takes no backup any more`
          : `${name} is suspended (${pause.key}: true)`;
    report({
      message: `${what}: no other backup of ${listed(bare.map(nameOf))} is in view.`,
      at: pause?.at ?? keyOf(sideOf(change).resource.node.nearest("metadata", "name")),
      related: bare
        .slice(0, 3)
        .map((resource) => ({ message: "stays", at: resource.node.nearest("metadata", "name") })),
    });
  },
});

function runningBackups({ workspace }: Side): readonly Backup[] {
  return workspace.topology.backups.filter(({ resource }) => pauseOf(resource) === undefined);
}
