import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "max-connections-below-reserved",
  subject: "database",
  meta: {
    summary: "PostgreSQL reserves all the connections it has, and does not start.",
    rationale:
      "`superuser_reserved_connections` (3) and `reserved_connections` together must be less than `max_connections`; otherwise PostgreSQL exits at startup (measured with 15).",
    remedy: "Raise `max_connections`, or reserve fewer.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    yieldsTo: ["database-settings-contradict"],
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SUPERUSER-RESERVED-CONNECTIONS",
    ],
    quietWhen: "one of the settings is not in view.",
  },
  check({ engine, settings, resource }, { report }) {
    const most = settings.number("max_connections");
    if (engine !== "postgresql" || most?.value === undefined) return;
    const superuser = settings.number("superuser_reserved_connections");
    const others = settings.number("reserved_connections");
    if (superuser?.value === undefined || others?.value === undefined) return;
    const reserved = superuser.value + others.value;
    if (reserved < most.value) return;
    const sum = others.value === 0 ? `${superuser.value}` : `${superuser.value} + ${others.value} = ${reserved}`;
    report({
      message: `PostgreSQL of ${nameOf(resource)} does not start: max_connections is ${most.value}, and ${sum} of them are reserved.`,
      at: most.origin === "default" ? superuser.at : most.at,
    });
  },
});
