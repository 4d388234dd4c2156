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
      "PostgreSQL reads `512MB` and not `512Mi`, Redis `yes` and not `true`; a name with a slip is `unrecognized configuration parameter`. A running server goes on with its old settings; the next start fails, often in the night in which the node is replaced.",
    remedy: "Write the value as the message says.",
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
      "a placeholder stands there, the setting belongs to an extension or a version that is not known, or MySQL and MariaDB read the value in their own way (`1Gi` is 1G there).",
  },
  check(database, { report }) {
    const { engine, settings, resource, image, major } = database;
    if (/dragonfly/.test(image?.name ?? "")) return;
    for (const { name, value, nameAt } of settings.written()) {
      if (value.value === undefined || !/^(--)?[A-Za-z][\w.-]*$/.test(name) || name.includes(".")) continue;
      const fault = settingFault(engine, name, value.value, major);
      if (fault === undefined) continue;
      const plain = name.replace(/^--/, "");
      const isName = fault.why.startsWith("it knows no setting");
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
                  consequence: "Read at the next start; a Pod template that changes restarts every instance.",
                  edits: replaceInText(value.at, value.value, instead),
                }),
              ],
      });
    }
  },
});
