import { upgradeAhead } from "../../change/procedures/upgrade-ahead.ts";
import type { Database } from "../../domain/model/database.ts";
import { lastFixOf } from "../../facts/end-of-life.ts";
import { type Engine, engineNames } from "../../facts/engines.ts";
import { procedure } from "../../rule/fix.ts";
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
    fixable: "procedure",
    needs: "file",
    references: ["https://www.postgresql.org/support/versioning/", "https://endoflife.date"],
    quietWhen: "the tag does not name the version.",
  },

  check(database, { workspace, report }) {
    const { engine, version, operator } = database;
    if (version.value === undefined) return;
    const month = lastFixOf(engine, version.value);
    const thisMonth = workspace.today.slice(0, 7);
    if (month === undefined || thisMonth <= month) return;
    const name = `${engineNames[engine]} ${version.value}`;
    report({
      message: `${name} is end of life: the last fix came in ${month}, vulnerabilities found since stay open.`,
      remedy: operator === undefined ? upgrades[engine] : upgradeBy(operator),
      at: version.at,
      fixes: [
        procedure(
          `Show how to upgrade ${name}`,
          "The database is down while its servers restart, and the older version does not read the files of a newer one.",
          upgradeAhead(database, (series) => thisMonth <= (lastFixOf(engine, series) ?? thisMonth)),
        ),
      ],
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

function upgradeBy({ majorUpgrade }: NonNullable<Database["operator"]>): string {
  return majorUpgrade === undefined
    ? "Upgrade by the operator's own procedure, with a backup that was restored once."
    : `Restore a backup once, then raise the version in the resource: ${majorUpgrade}.`;
}
