import { settingFault } from "../../domain/database/refused-setting.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { replaceInText } from "../../yaml/edit.ts";

export default defineRule({
  id: "database-setting-invalid",
  subject: "database",
  meta: {
    summary: "The server refuses a setting or its value, and does not start.",
    rationale:
      "PostgreSQL reads `512MB` and not `512Mi`, Redis `yes` and not `true`; a misspelled name is an `unrecognized configuration parameter`. A running server keeps its old settings; the next start fails, often on the night the node is replaced.",
    remedy: "Write the value the way the message says.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES",
      "https://redis.io/docs/latest/operate/oss_and_stack/management/config/",
      "https://mariadb.com/kb/en/mariadbd-options/",
    ],
    quietWhen:
      "the value is a placeholder, the setting belongs to an extension or a version that is not known, or MySQL and MariaDB read the value their own way (`1Gi` is 1G there).",
  },
  check(database, { report }) {
    const { engine, settings, resource, image, major } = database;
    if (/dragonfly/.test(image?.name ?? "")) return;
    for (const { name, value, nameAt } of settings.written()) {
      if (value.value === undefined || !/^(--)?[A-Za-z][\w.-]*$/.test(name) || name.includes(".")) continue;
      const fault = settingFault(engine, name, value.value, major);
      if (fault === undefined) continue;
      const plain = name.replace(/^--/, "");
      const isName = fault.why.startsWith("there is no such setting");
      const { instead } = fault;
      report({
        message: isName
          ? `${serverName(database)} of ${nameOf(resource)} does not start with ${plain}: ${fault.why}`
          : `${serverName(database)} of ${nameOf(resource)} does not start with ${plain} ${value.value}: ${fault.why}.`,
        at: isName ? nameAt : value.at,
        fixes:
          instead === undefined
            ? []
            : [
                editFix({
                  title: `Write ${instead}, as ${engineNames[engine]} reads it`,
                  safety: "unsafe",
                  consequence: "Takes effect at the next start; if the Pod template changes, every instance restarts.",
                  edits: replaceInText(value.at, value.value, instead),
                }),
              ],
      });
    }
  },
});
