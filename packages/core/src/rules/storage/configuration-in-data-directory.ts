import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "configuration-in-data-directory",
  subject: "database",
  meta: {
    summary: "A file from a ConfigMap or Secret is mounted inside PostgreSQL's data directory.",
    rationale:
      "Because of the mount the directory is not empty when initdb runs: `directory exists but is not empty`, and no database is ever created (measured on 15 and 16).",
    remedy:
      "Mount the file elsewhere (`/etc/postgresql/postgresql.conf`) and point to it: `-c config_file=/etc/postgresql/postgresql.conf`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://hub.docker.com/_/postgres#database-configuration"],
    quietWhen: "the image does not use the official entrypoint.",
  },
  check(database, { report }) {
    const { container, engine, resource, dataDirectory } = database;
    const path = dataDirectory?.path.value;
    const directory = path === undefined ? undefined : directoryPath(path);
    if (engine !== "postgresql" || container === undefined || directory === undefined) return;
    if (container.overridesEntrypoint) return;
    const mount = container.mounts.find(
      ({ mountPath, volume }) =>
        mountPath.startsWith(`${directory}/`) && (volume?.source === "config-map" || volume?.source === "secret"),
    );
    if (mount === undefined) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} never creates its database: ${mount.mountPath} is inside the data directory ${directory}, which initdb requires to be empty.`,
      at: mount.node.nearest("mountPath"),
    });
  },
});
