import { serverImageOf } from "../../domain/database/server-container.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import { editFix } from "../../rule/fix.ts";
import { mountEmptyDir } from "../../rule/mount-volume.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "read-only-root-stops-server",
  subject: "database",
  meta: {
    summary: "The root file system is read-only, and the server has no volume where it must write.",
    rationale:
      "Besides its data a server writes a socket and a lock file: PostgreSQL below /var/run/postgresql, MySQL and MariaDB below /run/mysqld and /tmp, MongoDB in /tmp. If it cannot, it exits (measured: `could not create lock file`, `Can't start server`).",
    remedy: "Mount an `emptyDir` at the directories named in the message.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh",
      "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-UNIX-SOCKET-DIRECTORIES",
    ],
    quietWhen: "the image is not one of the official ones, or the socket is configured elsewhere.",
  },
  check(database, { report }) {
    const { container, resource } = database;
    if (container === undefined) return;
    const isReadOnly = container.node.at("securityContext", "readOnlyRootFilesystem");
    if (isReadOnly?.value !== true) return;
    const missing = directoriesOf(database).filter((path) => !isWritable(container, path));
    const [first] = missing;
    if (first === undefined) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} does not start: its root file system is read-only, and no volume is mounted at ${missing.join(" and ")}, where it keeps ${missing.length > 1 ? "its socket and temporary files" : isForFiles(database, first) ? "temporary files" : "its socket"}.`,
      at: isReadOnly,
      fixes:
        missing.length > 1
          ? []
          : [
              editFix({
                title: `Mount an emptyDir at ${first}`,
                safety: "unsafe",
                consequence: `Restarts every instance of ${resource.name}.`,
                edits: mountEmptyDir(container, { name: first === "/tmp" ? "tmp" : "run", path: first }),
              }),
            ],
    });
  },
});

function directoriesOf(database: Database): readonly string[] {
  const family = serverImageOf(database.image)?.family;
  const { settings } = database;
  if (family === "postgres") {
    const socket = settings.get("unix_socket_directories");
    return socket === undefined && settings.isComplete ? ["/var/run/postgresql"] : [];
  }
  if (family === "mysql" || family === "mariadb") {
    if (!/^(mysql|mariadb)$/.test(database.image?.name ?? "")) return [];
    const run = settings.get("socket") === undefined && settings.isComplete ? ["/run/mysqld"] : [];
    return settings.get("tmpdir") === undefined && settings.isComplete ? [...run, "/tmp"] : run;
  }
  return family === "mongo" && database.image?.name === "mongo" && settings.isComplete ? ["/tmp"] : [];
}

/** MongoDB has its socket in /tmp, mysqld has not. */
function isForFiles({ engine }: Database, path: string): boolean {
  return path === "/tmp" && engine !== "mongodb";
}

/** /var/run is a link to /run in the images. */
function isWritable(container: Container, path: string): boolean {
  const spellings = [path, path.replace(/^\/var\/run/, "/run"), path.replace(/^\/run/, "/var/run")];
  return spellings.some((each) => {
    const mount = container.mountAt(each);
    return mount !== undefined && !mount.isReadOnly;
  });
}
