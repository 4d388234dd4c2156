import { nameOf } from "../../domain/model/names.ts";
import { refusedArchive } from "../../domain/operators/cnpg-archive-faults.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-archive-not-empty",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A restored Cluster is told to archive into the archive that it is restored from.",
    rationale:
      'A new Cluster may only write to an empty archive: CloudNativePG refuses the first segment with "Expected empty archive". Nothing is archived, no backup is taken, and WAL piles up on the volume until it is full.',
    remedy:
      "Give the new Cluster a serverName of its own, for example `serverName: orders-2` in the parameters of the plugin.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/documentation/current/recovery/#configure-the-backup-for-the-restored-cluster",
      "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/#restoring-a-cluster",
    ],
    quietWhen: "the check is switched off by annotation (cnpg-archive-check-skipped), or a name is filled in later.",
  },
  check({ resource }, { report }) {
    const refused = refusedArchive(resource);
    if (refused === undefined) return;
    report({
      message: `${nameOf(resource)} archives nothing: it is restored from archive ${refused.serverName} and writes to the same one, which CloudNativePG refuses ("Expected empty archive").`,
      at: refused.at,
    });
  },
});
