import { hasLine } from "../../embedded/pgbouncer-file.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-user-unknown",
  subject: "host",
  meta: {
    summary: "A client logs in to the pooler as a user that the pooler does not know.",
    rationale:
      "PgBouncer looks up the client's user in its `auth_file`. Without an `auth_user` to query the server it refuses everyone who is not listed, whatever the server knows.",
    remedy: "Add the user to userlist.txt, or set `auth_user`.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#auth_file"],
    quietWhen: "the list or the user is not in view, or PgBouncer queries the server.",
  },
  check(host, { report }) {
    const { reaches, user } = host;
    if (reaches.state !== "pooler" || user === undefined || !/^[\w.-]+$/.test(user)) return;
    const { pooler } = reaches;
    const text = pooler.configuration?.content.value;
    if (text === undefined || /%include|\{\{|\$\{/.test(text) || pooler.resource.isUnsettled) return;
    if (hasLine(text, /\bauth_(user|hba_file)\s*=/)) return;
    const type = pooler.settings.get("auth_type")?.value;
    const path = pooler.settings.get("auth_file")?.value;
    if (type === undefined || !/^(md5|scram-sha-256|plain|trust)$/i.test(type) || path === undefined) return;
    const list = pooler.container?.fileAt(path);
    if (list?.value === undefined || mayListMore(list.value)) return;
    const users = [...list.value.matchAll(/^[ \t]*"((?:[^"\n]|"")*)"/gm)].map((match) => match[1]);
    if (users.length === 0 || users.includes(user)) return;
    report({
      message: `PgBouncer at ${host.host} refuses user ${user} of ${host.writtenBy.kind} ${host.writtenBy.name}: ${path} does not list it.`,
      at: host,
      subject: host.writtenBy,
      related: [{ message: "the users it knows", at: list.at }],
    });
  },
});

/** Users that are filled in later; a password may be, and a SCRAM verifier has a `$` of its own. */
function mayListMore(userlist: string): boolean {
  return /[$<{]/.test(userlist.replace(/^[ \t]*"[^"$<{\n]*"[ \t]+"[^"\n]*"/gm, ""));
}
