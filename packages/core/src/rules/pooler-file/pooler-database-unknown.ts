import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-database-unknown",
  subject: "host",
  meta: {
    summary: "A client asks a pooler for a database that the pooler has no entry for.",
    rationale:
      "PgBouncer knows the names in its `[databases]` section, and accepts any other only with a `*` entry. Otherwise it answers `no such database`, whatever the server has.",
    remedy: "Add an entry for the name, or use an existing one.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#section-databases"],
    quietWhen: "the pooler has a `*` entry, includes another file, or is not fully in view.",
  },
  check(host, { report }) {
    const { reaches, databaseName } = host;
    if (reaches.state !== "pooler" || databaseName === undefined || !/^[\w.-]+$/.test(databaseName)) return;
    const { pooler } = reaches;
    const text = pooler.configuration?.content.value;
    if (text === undefined || databaseName === "pgbouncer" || /%include|\{\{|\$\{/.test(text)) return;
    if (pooler.resource.isUnsettled) return;
    const names = pooler.routes.map((route) => route.databaseName.value);
    if (names.length === 0 || names.some((name) => name === undefined || name === "*" || name === databaseName)) return;
    report({
      message: `${host.writtenBy.kind} ${host.writtenBy.name} asks ${host.host} for database ${databaseName}, but this PgBouncer knows only ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}.`,
      at: host,
      subject: host.writtenBy,
      related: pooler.routes.slice(0, 1).map(({ at }) => ({ message: "the databases it knows", at })),
    });
  },
});
