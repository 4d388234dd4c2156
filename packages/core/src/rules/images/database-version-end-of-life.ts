import { lastFixOf } from "../../facts/end-of-life.ts";
import { engineNames } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-version-end-of-life",
  subject: "database",
  meta: {
    summary: "The database version gets no fixes any more.",
    rationale:
      "Security and data corruption bugs found after the end of life stay. Upgrading later means skipping more versions at once.",
    remedy:
      "Plan the upgrade: dump and restore with the newer client, pg_upgrade, or the operator's own procedure. Never only change the tag.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/support/versioning/", "https://endoflife.date"],
    quietWhen: "the tag does not say the version.",
  },

  check({ engine, version }, { workspace, report }) {
    if (version.value === undefined) return;
    const month = lastFixOf(engine, version.value);
    if (month === undefined || workspace.today.slice(0, 7) <= month) return;
    const name = `${engineNames[engine]} ${version.value}`;
    report({
      message: `${name} had its last fix in ${month}: what is found in it since then stays open.`,
      at: version.at,
    });
  },
});
