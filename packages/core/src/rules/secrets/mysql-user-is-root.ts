import { serverImageOf } from "../../domain/database/server-container.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "mysql-user-is-root",
  subject: "database",
  meta: {
    summary: "MYSQL_USER is root, which the image refuses.",
    rationale:
      'The entrypoint makes a second user of that name and finds that root exists: `MYSQL_USER="root", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular user`. An empty volume is never initialized.',
    remedy: "Remove MYSQL_USER and MYSQL_PASSWORD, or name a user for the application.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/docker-library/mysql/blob/master/docker-entrypoint.sh"],
    quietWhen: "the image is another one, or the value is not in view.",
  },
  check(database, { report }) {
    const { container, image, resource } = database;
    if (container === undefined || serverImageOf(image)?.family !== "mysql" || image?.name !== "mysql") return;
    const user = container.environment.get("MYSQL_USER");
    if (user?.value !== "root") return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} does not start on an empty volume: its entrypoint refuses MYSQL_USER root, which is always there.`,
      at: user.at,
    });
  },
});
