import { nameOf } from "../../domain/model/names.ts";
import { hasLine } from "../../embedded/pgbouncer-file.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-knows-no-users",
  subject: "pooler",
  meta: {
    summary: "The pooler checks passwords and has no list of users.",
    rationale:
      "With `auth_type` md5, scram-sha-256, plain or trust PgBouncer looks up users in `auth_file`, or queries the server as `auth_user`. With neither it starts but refuses every client. With `any` every entry must force a user.",
    remedy: "Set `auth_file` to a mounted userlist.txt, or `auth_user`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#auth_file"],
    quietWhen: "the file includes others, or the image writes its own.",
  },
  check(pooler, { report }) {
    const { settings, resource, container, configuration } = pooler;
    const text = configuration?.content.value;
    if (container === undefined || text === undefined) return;
    if (/%include|\{\{|\{%/.test(text) || hasLine(text, /\bauth_(user|file|hba_file)\s*=/)) return;
    const type = settings.get("auth_type");
    if (type?.value?.toLowerCase() === "any") {
      // https://github.com/pgbouncer/pgbouncer/blob/pgbouncer_1_24_1/src/client.c (finish_set_pool)
      if (pooler.routes.length === 0 || pooler.routes.some(({ user }) => user !== undefined)) return;
      report({
        message: `PgBouncer of ${nameOf(resource)} refuses every client: auth_type any needs a forced user, and no entry of [databases] has user=.`,
        at: type.at,
      });
      return;
    }
    if (type?.value === undefined || !/^(md5|scram-sha-256|plain|trust)$/i.test(type.value)) return;
    report({
      message: `PgBouncer of ${nameOf(resource)} refuses every client: auth_type ${type.value}${type.origin === "default" ? " (the default)" : ""} looks users up, and neither auth_file nor auth_user is set.`,
      at: type.at,
    });
  },
});
