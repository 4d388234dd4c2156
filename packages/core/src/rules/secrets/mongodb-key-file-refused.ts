import { nameOf, serverName } from "../../domain/model/names.ts";
import { formatMode, modeOfFile } from "../../kube/security.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "mongodb-key-file-refused",
  subject: "database",
  meta: {
    summary: "mongod refuses its key file because of the file's mode, and does not start.",
    rationale:
      "A volume of a Secret has mode 0644 unless it says otherwise, and mongod exits with `permissions on … are too open` when other users may read its key file.",
    remedy:
      "Set `defaultMode: 0400` on the Secret's volume. Where fsGroup adds the group's bits, copy the file in an init container and run `chmod 400`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://www.mongodb.com/docs/manual/core/security-internal-authentication/#keyfile-security",
      "https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions",
      "https://github.com/docker-library/mongo/issues/636",
    ],
    quietWhen: "the key file is copied elsewhere first, or only its group may read it.",
  },
  check(database, { report }) {
    const { engine, container, resource } = database;
    if (engine !== "mongodb" || container === undefined) return;
    const words = container.argv.map(({ value }) => value);
    const option = words.findIndex((word) => word === "--keyFile" || word?.startsWith("--keyFile=") === true);
    const path = words[option]?.includes("=") === true ? words[option]?.slice("--keyFile=".length) : words[option + 1];
    const mount = option < 0 || path === undefined ? undefined : container.mountAt(path);
    if (path === undefined || mount?.volume === undefined) return;
    if (!["secret", "config-map", "projected"].includes(mount.volume.source)) return;
    const found = modeOfFile(mount.volume, mount.subPath ?? path.slice(directoryPath(mount.mountPath).length + 1));
    if (found === undefined || (found.mode & 0o007) === 0) return;
    const { mode, at, isWritten } = found;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} does not start: ${path} has mode ${formatMode(mode)}${isWritten ? "" : " (the default)"}, and mongod refuses a key file that others may read.`,
      at,
      ...(isWritten ? {} : { point: "key" as const }),
      related: [{ message: "keyFile", at: container.argv[option]?.at ?? at }],
      fixes: [
        editFix({
          title: "Set the mode to 256, which is 0400",
          safety: "unsafe",
          consequence: "Restarts every member.",
          edits: isWritten ? setValue(at, 0o400) : insertKey(at, "defaultMode", 0o400),
        }),
      ],
    });
  },
});
