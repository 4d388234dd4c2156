import { nameOf } from "../../domain/model/names.ts";
import { writtenLine } from "../../embedded/command.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import { formatMode, fsGroupOf, modeOfFile, securityField } from "../../kube/security.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "password-file-ignored",
  subject: "container",
  meta: {
    summary: "libpq ignores the .pgpass file because of its mode.",
    rationale:
      "libpq reads a password file only if nobody but its owner may: `password file … has group or world access; permissions should be u=rw (0600) or less` (measured), and the login fails. Files of a Secret are 0644 by default, and `fsGroup` adds the group to any mode.",
    remedy:
      "Set PGPASSWORD from the Secret, or use an init container that copies the file with mode 0600 to an emptyDir. `defaultMode: 0600` helps only a program that runs as root in a Pod without fsGroup.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/libpq-pgpass.html",
      "https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions",
    ],
    quietWhen:
      "the file comes from another kind of volume, its mode is not in view, the command copies it elsewhere, or PGPASSWORD is or may be set.",
  },
  check(container, { report }) {
    const { workload } = container;
    if (mayHavePassword(container)) return;
    const found = passwordFileOf(container);
    if (found === undefined) return;
    const { path, mount, file } = found;
    const volume = mount.volume;
    if (volume === undefined || !/^(secret|config-map|projected)$/.test(volume.source)) return;
    const mode = modeOfFile(volume, file);
    if (mode === undefined) return;
    const fsGroup = fsGroupOf(workload);
    const user = securityField(container, "runAsUser")?.integer() ?? 0;
    const isOpen = (mode.mode & 0o077) !== 0;
    const isDefault = mode.isWritten ? "" : " (the default)";
    const why = isOpen
      ? `it has mode ${formatMode(mode.mode)}${isDefault}, and libpq requires 0600 or less`
      : fsGroup !== undefined
        ? `fsGroup ${fsGroup.text() ?? ""} lets its group read it whatever the mode says, and libpq requires 0600 or less`
        : user > 0
          ? `it belongs to root with mode ${formatMode(mode.mode)}, and the container runs as ${user}`
          : undefined;
    if (why === undefined) return;
    report({
      message: `${container.name} of ${nameOf(workload.resource)} logs in without a password: libpq ignores ${path}, because ${why}.`,
      at: mode.isWritten ? mode.at : mount.node.nearest("mountPath"),
    });
  },
});

/** libpq asks PGPASSWORD first. */
function mayHavePassword({ environment }: Container): boolean {
  return !environment.isComplete || environment.get("PGPASSWORD") !== undefined;
}

const copies = /^(\S*\/)?(cp|install|cat|sed|envsubst|tr)\b/;

/** Where libpq looks: where a script, the environment or its own default says. */
function pathOf(container: Container): string | undefined {
  const script = container.argv.map(({ value }) => value ?? "").join("\n");
  const assigned = /\bPGPASSFILE=["']?([^\s"';&]+)/.exec(script)?.[1];
  const path = assigned ?? container.environment.get("PGPASSFILE")?.value;
  if (path !== undefined) return path;
  return container.mounts.find(({ mountPath }) => atHome.test(mountPath))?.mountPath;
}

const atHome = /^\/(root|home\/[^/]+|var\/lib\/(postgresql|pgsql)|opt\/app-root\/src)\/\.pgpass$/;

interface PasswordFile {
  readonly path: string;
  readonly mount: VolumeMount;
  /** Its path below the volume. */
  readonly file: string;
}

function passwordFileOf(container: Container): PasswordFile | undefined {
  const path = pathOf(container);
  const mount = path === undefined ? undefined : container.mountAt(path);
  if (path === undefined || mount === undefined) return undefined;
  if (container.commands.some((command) => copies.test(writtenLine(command)) && writtenLine(command).includes(path)))
    return undefined;
  const below = path.slice(directoryPath(mount.mountPath).length + 1);
  return {
    path,
    mount,
    file: mount.subPath === undefined ? below : `${mount.subPath}${below === "" ? "" : `/${below}`}`,
  };
}
