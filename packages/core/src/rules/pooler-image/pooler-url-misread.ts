import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-url-misread",
  subject: "pooler",
  meta: {
    summary: "The pooler's image does not read this URL the way a client would.",
    rationale:
      "The entrypoint of edoburu/pgbouncer splits the URL with sed: what follows `?` becomes part of the database's name, and PgBouncer exits with a syntax error; percent signs in a password are not decoded, and a colon or slash truncates it (measured). bitnami/pgbouncer reads PGBOUNCER_DATABASE as a name, even if it is a URL.",
    remedy:
      "Write `DB_HOST`, `DB_PORT`, `DB_NAME`, `DB_USER` and `DB_PASSWORD` instead, and `SERVER_TLS_SSLMODE` for sslmode.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/edoburu/docker-pgbouncer/blob/master/entrypoint.sh",
      "https://github.com/edoburu/docker-pgbouncer/issues/68",
    ],
    quietWhen: "the URL is not in view, or a configuration is mounted.",
  },
  check({ container, dialect, configuration, resource }, { report }) {
    if (container === undefined || configuration !== undefined) return;
    if (container.overridesEntrypoint || !container.filesAreComplete) return;
    const name = nameOf(resource);
    for (const { name: variable, value, readAt } of container.environment.written()) {
      const text = value.value;
      if (text === undefined || /\$[({]|\{\{|</.test(text)) continue;
      const at = readAt ?? value.at;
      if (dialect === "bitnami/pgbouncer" && variable === "PGBOUNCER_DATABASE" && /^\w+:\/\//.test(text))
        report({
          message: `bitnami/pgbouncer of ${name} reads PGBOUNCER_DATABASE as a database name, but it is a URL: PgBouncer does not start.`,
          at,
        });
      if (dialect !== "edoburu/pgbouncer" || !/^DATABASE_URLS?$/.test(variable)) continue;
      const userinfo = /^\w+:\/\/(.*)@/.exec(text)?.[1] ?? "";
      if (/\?/.test(text.slice(text.lastIndexOf("@") + 1)))
        report({
          message: `PgBouncer of ${name} does not start: edoburu/pgbouncer reads what follows "?" in ${variable} as part of the database's name.`,
          at,
        });
      else if (!text.includes(",") && /%[0-9A-Fa-f]{2}|:.*:|\//.test(userinfo))
        report({
          message: `edoburu/pgbouncer of ${name} gets the password in ${variable} wrong: it does not decode percent signs, and cuts at a second colon or a slash.`,
          at,
          severity: "warning",
        });
    }
  },
});
