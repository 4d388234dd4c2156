import { nameOf, serverName } from "../../domain/model/names.ts";
import { formatMode, modeOfFile } from "../../kube/security.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "configuration-file-ignored",
  subject: "database",
  meta: {
    summary: "mysqld ignores its option file because it is world-writable.",
    rationale:
      "mysqld logs `World-writable config file … is ignored` and starts with its defaults: a 128 MB buffer pool, none of your limits (measured with MariaDB).",
    remedy: "Remove `defaultMode`, or write 0644.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://dev.mysql.com/doc/refman/8.4/en/option-files.html"],
  },
  check(database, { report }) {
    const { engine, container, resource } = database;
    if ((engine !== "mysql" && engine !== "mariadb") || container === undefined) return;
    for (const mount of container.mounts) {
      const file = mount.subPath ?? "";
      const isOptions = /\/(conf\.d|my\.cnf|mysql\.conf\.d|mariadb\.conf\.d)(\/|$)|\.cnf$/.test(mount.mountPath);
      if (!isOptions || mount.volume === undefined || !/^(config-map|secret|projected)$/.test(mount.volume.source))
        continue;
      const found = modeOfFile(mount.volume, file);
      if (found === undefined || !found.isWritten || (found.mode & 0o002) === 0) continue;
      report({
        message: `${serverName(database)} of ${nameOf(resource)} ignores ${mount.mountPath}: its mode is ${formatMode(found.mode)}, and the server reads no world-writable option file.`,
        at: found.at,
        fixes: [
          editFix({
            title: "Set the mode to 420, which is 0644",
            safety: "unsafe",
            consequence: "Restarts every instance, which then runs with these options for the first time.",
            edits: setValue(found.at, 0o644),
          }),
        ],
      });
      return;
    }
  },
});
