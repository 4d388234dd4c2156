import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "secret-value-ends-in-newline",
  subject: "container",
  meta: {
    summary: "A password, user, host or URL from a Secret ends in a line break.",
    rationale:
      "`echo secret | base64` encodes the line break, and a `|` block scalar keeps it. The variable then contains it, and the server answers `password authentication failed` for a password that looks right.",
    remedy: "Use `echo -n` or `printf %s`, and `|-` in stringData. The value is never printed here.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/configmap-secret/managing-secret-using-kubectl/#use-raw-data"],
    quietWhen: "the value has several lines (a certificate, a file), or the variable does not belong to a database.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    const { topology } = workspace;
    const isOurs = topology.databaseOf(workload) !== undefined || topology.poolerOf(container) !== undefined;
    for (const { name, value, readAt } of container.environment.written()) {
      if (readAt === undefined || value.value === undefined || !/^[^\n]+\n$/.test(value.value)) continue;
      const isPoolers = topology.poolerOf(container)?.dialect !== undefined;
      if (!(credential.test(name) || (isPoolers && /(^|_)(DB_NAME|NAME|PORT)$/i.test(name)))) continue;
      if (!(isOurs || databaseWord.test(name))) continue;
      report({
        message: isPoolers
          ? `${name} of ${nameOf(workload.resource)} ends in a line break: the image writes it into pgbouncer.ini, and PgBouncer does not start with the line that follows.`
          : `${name} of ${nameOf(workload.resource)} ends in a line break: the login or lookup fails with "password authentication failed" or an unknown host.`,
        at: value.at,
        related: [{ message: `${nameOf(workload.resource)} reads it here`, at: readAt }],
      });
    }
  },
});

const credential = /PASS(WORD|WD)?($|_)|_PWD$|USER(NAME)?$|HOST(NAME)?$|UR[IL]$|DSN$|_DB$|DATABASE$/i;
const databaseWord =
  /(^|_)(PG|POSTGRES|POSTGRESQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|SQL|PGBOUNCER)|PGPASS/i;
