import { newestMajorOf } from "../../domain/database/server-container.ts";
import { serverName } from "../../domain/model/names.ts";
import { refuseSpec, templated } from "../../rule/admission.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "postgres-18-data-path",
  subject: "database",
  meta: {
    summary: "The volume of PostgreSQL 18 is mounted where images up to 17 kept their data.",
    rationale:
      "Since 18 the image keeps its data in `/var/lib/postgresql/<major>/docker` and declares its volume at `/var/lib/postgresql`. With a volume at `/var/lib/postgresql/data` the entrypoint refuses to start, so that data of an older major is not left behind unnoticed.",
    remedy:
      "Mount the volume at /var/lib/postgresql. Data of an older major has to be upgraded (`pg_upgrade`, or dump and restore); moving the mount is not enough.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    admission: refuseSpec(
      templated,
      "variables.servers.exists(c, c.image.matches('^(docker[.]io/)?(library/)?postgres:(1[89]|[2-9][0-9])([.-]|$)') && !has(c.envFrom) && !(has(c.env) && c.env.exists(e, e.name == 'PGDATA')) && !(has(c.args) && c.args.exists(a, a.contains('data_directory'))) && has(c.volumeMounts) && c.volumeMounts.exists(m, m.mountPath.matches('^/var/lib/postgresql/data/?$')))",
    ),
    references: [
      "https://github.com/docker-library/postgres/pull/1259",
      "https://github.com/docker-library/postgres/issues/1377",
    ],
    quietWhen: "PGDATA names a directory on the volume.",
  },
  check(database, { report }) {
    const { container, engine } = database;
    const newest = container === undefined ? undefined : newestMajorOf(container);
    const major = database.major ?? newest?.major;
    if (engine !== "postgresql" || container === undefined || major === undefined || major < 18) return;
    const path = database.dataDirectory?.path;
    if (path?.value === undefined || path.origin === "written" || !path.value.startsWith("/var/lib/postgresql/"))
      return;
    const mount = container.mounts.find(
      (candidate) => directoryPath(candidate.mountPath) === "/var/lib/postgresql/data",
    );
    if (mount === undefined) return;
    report({
      message: `${serverName(database)}${database.major === undefined && newest !== undefined ? `, which is PostgreSQL ${newest.major} or later since ${newest.since},` : ""} keeps its data in ${path.value} and refuses to start while a volume is mounted at /var/lib/postgresql/data; since 18 the volume belongs at /var/lib/postgresql.`,
      at: mount.node.nearest("mountPath"),
      related: [{ message: `major version ${major}`, at: path.at }],
      fixes: [
        procedure(
          "Show how to move to PostgreSQL 18",
          "A new mount path starts an empty server; 18 does not read data of an older major.",
          [
            "New database: mount the volume at /var/lib/postgresql.",
            "Existing database: keep the old major running, dump it, start 18 on a new volume mounted at /var/lib/postgresql, restore, compare row counts, switch clients over.",
          ],
        ),
      ],
    });
  },
});
