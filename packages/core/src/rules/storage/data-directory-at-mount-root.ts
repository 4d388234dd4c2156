import { serverName } from "../../domain/model/names.ts";
import { isDirectoryVolume } from "../../domain/storage/volumes.ts";
import { claimOf } from "../../domain/workspace/conditions.ts";
import type { Container } from "../../kube/container.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "data-directory-at-mount-root",
  subject: "database",
  meta: {
    summary: "The data directory is the root of a volume, which holds `lost+found` on a freshly formatted disk.",
    rationale:
      '`initdb` refuses a directory that is not empty, and ext4 disks come with `lost+found`: `initdb: error: directory "/var/lib/postgresql/data" exists but is not empty`. MySQL 5.7 refuses to initialize such a directory, too.',
    remedy:
      "For a new database use a subdirectory: PGDATA=/var/lib/postgresql/data/pgdata, or `subPath`. On an existing database leave it: a different path starts an empty server next to the data.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://github.com/docker-library/docs/blob/master/postgres/README.md#pgdata"],
    quietWhen:
      "a subPath is used, mysqld is told to pass over lost+found, or the class provides directories (nfs, local-path, hostPath).",
  },
  check(database, { workspace, report }) {
    const { dataDirectory, workload, container, engine } = database;
    const path = dataDirectory?.path.value;
    const mount = dataDirectory?.mount;
    if (path === undefined || mount === undefined || workload === undefined || container === undefined) return;
    if (engine !== "postgresql" && !(engine === "mysql" && refusesOtherFiles(database.version.value))) return;
    // `--ignore-db-dir=lost+found`, `ignore_db_dirs`
    if (engine === "mysql" && passesOverLostFound(container)) return;
    if (mount.subPath !== undefined || directoryPath(mount.mountPath) !== directoryPath(path)) return;
    const claim = claimOf(workload, mount.name, workspace.resources);
    if (mount.volume?.source !== "claim-template" && mount.volume?.source !== "claim") return;
    if (claim !== undefined && isDirectoryVolume(claim.spec, workspace.everything.resources)) return;
    const remedy = engine === "postgresql" ? "PGDATA one level below" : "a subPath";
    report({
      message: `${serverName(database)} initializes ${path}, the root of volume ${mount.name}: on a freshly formatted disk it finds lost+found there and refuses to start. A new database needs ${remedy}.`,
      at: mount.node.nearest("mountPath"),
      fixes: [
        procedure(
          "Show how to use a subdirectory of the volume",
          "On a volume that already has data the server would start empty, next to that data.",
          engine === "postgresql"
            ? [
                `Only for a new database: set the environment variable PGDATA to ${path}/pgdata.`,
                `An existing database that runs has no lost+found there: leave it as it is.`,
              ]
            : [
                `Only for a new database: add \`subPath: mysql\` to the mount at ${path}.`,
                `Leave an existing database that runs as it is.`,
              ],
        ),
      ],
    });
  },
});

/** https://dev.mysql.com/doc/refman/5.7/en/server-options.html#option_mysqld_ignore-db-dir */
function passesOverLostFound(container: Container): boolean {
  const option = /\bignore[-_]db[-_]dirs?(?:[ \t]*=[ \t]*|[ \t]+)["']?lost\+found/;
  return (
    container.argv.some(({ value }) => option.test(value ?? "")) ||
    container.filesUnder("/").some(({ content }) => option.test(content.value ?? ""))
  );
}

/** `mysqld --initialize` of 5.7 does; mysql_install_db of 5.6 does not look, and 8.0 passes over lost+found. */
function refusesOtherFiles(version: string | undefined): boolean {
  return version === "5" || version?.startsWith("5.7") === true;
}
