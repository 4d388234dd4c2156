import { nameOf, serverName } from "../../domain/model/names.ts";
import { formatMode, fsGroupOf, modeOfFile, securityField } from "../../kube/security.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "tls-key-refused",
  subject: "database",
  meta: {
    summary: "PostgreSQL refuses its private key because of the file's mode, and does not start.",
    rationale:
      'Files of a Secret belong to root. PostgreSQL accepts a key owned by root only with mode 0640 or less: with the default 0644 it exits with `private key file "…" has group or world access` (measured). With 0640 or 0600 its own user can read the file only as a member of the group that `fsGroup` names.',
    remedy: "Set `defaultMode: 0640` on the Secret's volume, and `fsGroup` to the group of the server's user.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/ssl-tcp.html",
      "https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions",
    ],
    quietWhen: "an operator creates the Pods, nothing in view turns ssl on, or the key is copied elsewhere first.",
  },
  check(database, { report }) {
    const { engine, container, workload, settings, resource } = database;
    if (engine !== "postgresql" || container === undefined || workload === undefined) return;
    if (!/^(on|true|yes|1)$/i.test(settings.get("ssl")?.value ?? "")) return;
    const key = settings.get("ssl_key_file");
    const path = key?.value;
    const mount = path === undefined ? undefined : container.mountAt(path);
    if (key === undefined || path === undefined || mount?.volume === undefined) return;
    if (mount.volume.source !== "secret" && mount.volume.source !== "projected") return;
    const file = mount.subPath ?? path.slice(directoryPath(mount.mountPath).length + 1);
    const found = modeOfFile(mount.volume, file);
    if (found === undefined) return;
    const { mode, at, isWritten } = found;
    const fsGroup = fsGroupOf(workload);
    const isOpen = (mode & 0o027) !== 0;
    const mayRead = fsGroup !== undefined || securityField(container, "runAsUser") !== undefined;
    if (!isOpen && mayRead) return;
    report({
      message: isOpen
        ? `${serverName(database)} of ${nameOf(resource)} does not start: ${path} has mode ${formatMode(mode)}${isWritten ? "" : " (the default)"}, and PostgreSQL refuses a key that others may read.`
        : `${serverName(database)} of ${nameOf(resource)} does not start: only root may read ${path} (mode ${formatMode(mode)}, no fsGroup), and PostgreSQL runs as another user.`,
      at,
      ...(isWritten ? {} : { point: "key" as const }),
      related: [{ message: "ssl_key_file", at: key.at }],
      fixes: isOpen
        ? [
            editFix({
              title: "Set the mode to 416, which is 0640",
              safety: "unsafe",
              consequence: `Restarts every instance; the server's user reads the key only with fsGroup${fsGroup === undefined ? ", which is not set" : ""}.`,
              edits: isWritten ? setValue(at, 0o640) : insertKey(at, "defaultMode", 0o640),
            }),
          ]
        : [],
    });
  },
});
