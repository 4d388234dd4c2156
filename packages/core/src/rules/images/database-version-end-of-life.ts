import { lastFixOf } from "../../facts/end-of-life.ts";
import { engineNames } from "../../facts/engines.ts";
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

  check({ engine, version }, { workspace, report }) {
    if (version.value === undefined) return;
    const month = lastFixOf(engine, version.value);
    if (month === undefined || workspace.today.slice(0, 7) <= month) return;
    const name = `${engineNames[engine]} ${version.value}`;
    report({
      message: `${name} is end of life: the last fix came in ${month}, vulnerabilities found since stay open.`,
      at: version.at,
    });
  },
});
