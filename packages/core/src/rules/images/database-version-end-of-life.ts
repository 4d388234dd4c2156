import { lastFixOf } from "../../facts/end-of-life.ts";
import { type Engine, engineNames } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-version-end-of-life",
  subject: "database",
  meta: {
    summary: "The database version no longer gets fixes.",
    rationale:
      "Security and data corruption bugs found after the end of life stay unfixed. Upgrading later means jumping over more versions at once.",
    remedy:
      "Plan the upgrade: dump and restore with the newer client, pg_upgrade for PostgreSQL, or the operator's own procedure. Never only change the tag.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/support/versioning/", "https://endoflife.date"],
    quietWhen: "the tag does not name the version.",
  },

  check({ engine, version, operator }, { workspace, report }) {
    if (version.value === undefined) return;
    const month = lastFixOf(engine, version.value);
    if (month === undefined || workspace.today.slice(0, 7) <= month) return;
    const name = `${engineNames[engine]} ${version.value}`;
    report({
      message: `${name} is end of life: the last fix came in ${month}, vulnerabilities found since stay open.`,
      remedy: operator === undefined ? upgrades[engine] : upgradeBy(operator.name),
      at: version.at,
    });
  },
});

/** Where the way is another than PostgreSQL's. */
const upgrades: Partial<Readonly<Record<Engine, string>>> = {
  mysql:
    "Upgrade in place, one release series after the other (`8.0`, then `8.4`): the server converts its files when it starts, and only a backup leads back. Restore that backup once before.",
  mariadb:
    "Upgrade in place with `MARIADB_AUTO_UPGRADE` set, or run `mariadb-upgrade` afterward. Only a backup leads back: restore it once before.",
  mongodb:
    "Upgrade one release after the other, and set featureCompatibilityVersion after each. Only a backup leads back: restore it once before.",
  redis: "Raise the tag: a newer server reads the files of an older one, not the other way round. Keep a copy of them.",
  valkey:
    "Raise the tag: a newer server reads the files of an older one, not the other way round. Keep a copy of them.",
};

function upgradeBy(operator: string): string {
  return operator === "cloudnative-pg"
    ? "Raise the major version in the Cluster: since 1.26 CloudNativePG then stops all instances and runs pg_upgrade. Restore a backup once before, and take a new one afterward."
    : "Upgrade by the operator's own procedure, with a backup that was restored once.";
}
