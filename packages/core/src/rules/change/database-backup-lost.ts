import { leaving, leavingFrom, sideOf } from "../../change/change.ts";
import { backupsOf, type Standing, standingOf, standings } from "../../change/running-backups.ts";
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
    const own = before.workspace.topology.backups.filter(({ resource }) => resource === before.resource);
    const bare = [...new Set(own.flatMap(({ databases }) => databases))].flatMap((database) => {
      if (database.durability !== "durable" || database.resource.isPartial) return [];
      const now = database.resource === before.resource ? after : among.otherSideOf(database.resource);
      if (now?.database === undefined || now.resource.isUnsettled) return [];
      const [was, is] = [backupsOf(database, before.workspace), backupsOf(now.database, now.workspace)];
      const ofChange = ({ resource }: Backup): boolean =>
        nameOf(resource) === nameOf(before.resource) ||
        (after !== undefined && nameOf(resource) === nameOf(after.resource));
      if (!isLess(worth(is, ofChange), worth(was, ofChange)) || !isLess(worth(is), worth(was))) return [];
      return [{ resource: now.resource, standing: worth(is), idle: is.filter(({ fault }) => fault !== undefined) }];
    });
    const [first] = bare;
    if (first === undefined) return;
    const pause = after === undefined ? undefined : pauseOf(after.resource);
    const name = nameOf(sideOf(change).resource);
    const what =
      after === undefined
        ? `${name} is removed`
        : pause === undefined
          ? `${name} takes no backup any more`
          : `${name} is suspended (${pause.key}: true)`;
    const them = listed(bare.map(({ resource }) => nameOf(resource)));
    const idle = first.idle.find(({ backup }) => nameOf(backup.resource) !== name);
    const rest =
      first.standing === "without-base"
        ? `no other base backup of ${them} is in view, and WAL alone cannot be restored`
        : idle?.fault === undefined
          ? `no other backup of ${them} is in view`
          : `no backup of ${them} runs, not even ${nameOf(idle.backup.resource)} (${idle.fault.because})`;
    report({
      message: leaving(change, `${what}: ${rest}.`),
      at: pause?.at ?? keyOf(sideOf(change).resource.node.nearest("metadata", "name")),
      related: [
        ...leavingFrom(change),
        ...bare
          .slice(0, 3)
          .map(({ resource }) => ({ message: "stays", at: resource.node.nearest("metadata", "name") })),
      ],
    });
  },
});

/** What those of the backups that run are worth. */
function worth(backups: ReturnType<typeof backupsOf>, isCounted: (backup: Backup) => boolean = () => true): Standing {
  return standingOf(backups.flatMap(({ backup, fault }) => (fault === undefined && isCounted(backup) ? [backup] : [])));
}

function isLess(one: Standing, other: Standing): boolean {
  return standings.indexOf(one) < standings.indexOf(other);
}
