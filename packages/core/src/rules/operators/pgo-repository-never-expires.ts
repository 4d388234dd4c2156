import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pgo-repository-never-expires",
  subject: "database",
  meta: {
    summary: "A pgBackRest repository keeps every backup forever.",
    rationale:
      "Without `repoN-retention-full` pgBackRest deletes nothing: neither full backups nor the WAL between them. A full repository refuses the next segment, and WAL then piles up on the server's own volume until it stops.",
    remedy:
      "Set `repo1-retention-full` (and `repo1-retention-full-type: time` for days) in `backups.pgbackrest.global`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/backups-disaster-recovery/backup-management",
      "https://pgbackrest.org/configuration.html#section-repository/option-repo-retention-full",
    ],
    quietWhen: "a file of settings that is not in view is mounted for pgBackRest, or no full backup is scheduled.",
  },
  check({ operator, resource }, { report }) {
    if (operator?.name !== "crunchy-pgo" && operator?.name !== "percona-pg") return;
    const section = resource.node.at("spec", "backups", "pgbackrest");
    if (section === undefined || section.at("configuration") !== undefined) return;
    const settings = (section.at("global")?.entries() ?? []).map(([name]) => name);
    for (const repository of section.at("repos")?.items() ?? []) {
      const name = repository.string("name");
      const full = repository.at("schedules", "full");
      if (name === undefined || !/^repo[1-4]$/.test(name) || full === undefined) continue;
      if (settings.some((each) => each === `${name}-retention-full` || each === `${name}-retention-archive`)) continue;
      const size = repository.text("volume", "volumeClaimSpec", "resources", "requests", "storage");
      const isVolume = repository.at("volume") !== undefined;
      report({
        message: isVolume
          ? `${name} of ${nameOf(resource)} keeps every full backup and all WAL: its ${size ?? "volume"} fills up, and then WAL piles up on the server.`
          : `${name} of ${nameOf(resource)} keeps every full backup and all WAL: no ${name}-retention-full is set, so the bucket only grows.`,
        at: repository.nearest("name"),
        ...(isVolume ? {} : { severity: "info" as const }),
      });
    }
  },
});
