import { nameOf, serverName } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import { movedTags, removedSettings, removedSqlModes } from "../../facts/removed-settings.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-setting-removed",
  subject: "database",
  meta: {
    summary: "This version of the server no longer knows a setting, so it does not start.",
    rationale:
      "PostgreSQL exits with `unrecognized configuration parameter`, mysqld with `unknown variable`. It happens after an upgrade, or when a tag moves from one series to the next.",
    remedy: "Remove the setting, or use the one that replaced it.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/release/",
      "https://dev.mysql.com/doc/relnotes/mysql/8.4/en/news-8-4-0.html",
      "https://github.com/docker-library/mysql/issues/1048",
    ],
    quietWhen: "the tag does not name the version, or the option begins with `loose-`.",
  },
  check(database, { report }) {
    const { engine, version, settings, resource } = database;
    const known = removedSettings[engine];
    if (known === undefined || version.value === undefined) return;
    const [major = Number.NaN, minor] = version.value.split(".").map(Number);
    const moved = minor === undefined ? movedTags[engine]?.[version.value] : undefined;
    // The last number of a PostgreSQL version is no series; of a lone `9` the first series is meant at least.
    const [series, release] = moved ?? [major, engine === "mysql" ? (minor ?? 0) : 0];
    for (const { name, nameAt, value } of settings.written()) {
      const plain = name.replace(/^--/, "").replaceAll("-", "_").toLowerCase();
      const modes = plain === "sql_mode" && engine === "mysql" && series >= 8 ? refusedModes(value.value ?? "") : [];
      if (modes.length > 0)
        report({
          message: `${serverName(database)} of ${nameOf(resource)} does not start with sql_mode ${modes.join(", ")}: MySQL 8.0 removed ${modes.length === 1 ? "it" : "them"}.`,
          at: value.at,
          related: [{ message: serverName(database), at: version.at }],
        });
      const removed = known.find((each) => each.name === plain);
      if (removed === undefined) continue;
      const [sinceMajor, sinceMinor] = removed.since;
      if (series < sinceMajor || (series === sinceMajor && release < sinceMinor)) continue;
      const since = sinceMinor === 0 && engine !== "mysql" ? `${sinceMajor}` : `${sinceMajor}.${sinceMinor}`;
      report({
        message: `${serverName(database)} of ${nameOf(resource)} does not start with ${plain}: ${engineNames[engine]} ${since} removed it${moved === undefined ? "" : `, and the tag ${version.value} is now ${moved.join(".")}`}${removed.instead === undefined ? "" : `; ${removed.instead} replaces it`}.`,
        at: nameAt,
        related: [{ message: serverName(database), at: version.at }],
      });
    }
  },
});

function refusedModes(text: string): readonly string[] {
  const modes = text.replaceAll(/["']/g, "").toUpperCase().split(",");
  return modes.map((mode) => mode.trim()).filter((mode) => removedSqlModes.has(mode));
}
