import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "url-takes-password-as-is",
  subject: "container",
  meta: {
    summary: "A database URL is assembled with a password that nothing encodes.",
    rationale:
      'The kubelet copies `$(DB_PASSWORD)` into the URL unchanged. A password with `/`, `#`, `?`, `@` or `%` then ends the host or the password early: `invalid integer value "…" for connection option "port"`. It works until the next generated password.',
    remedy: "Keep the whole URL in the Secret, encoded, or pass host, user and password as separate variables.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS"],
  },
  check(container, { report }) {
    const { workload } = container;
    for (const item of container.node.at("env")?.items() ?? []) {
      const value = item.at("value");
      const match = url.exec(value?.string() ?? "");
      if (value === undefined || match === null) continue;
      const start = match.index + match[0].lastIndexOf("$(");
      report({
        message: `${item.text("name") ?? "A variable"} of ${nameOf(workload.resource)} puts the password into a URL unencoded: a password with / # ? @ or % breaks it.`,
        at: value.inside({ start, end: match.index + match[0].length - 1 }),
      });
    }
  },
});

const url =
  /\b(?:postgres(?:ql)?(?:\+\w+)?|mysql(?:\+\w+)?|mariadb|mongodb(?:\+srv)?|rediss?|amqp):\/\/[^\s:/@]*:\$\((\w+)\)@/;
