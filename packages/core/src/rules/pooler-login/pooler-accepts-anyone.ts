import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-accepts-anyone",
  subject: "pooler",
  meta: {
    summary: "The pooler does not ask for a password.",
    rationale:
      "`auth_type = trust` checks only the name, `any` not even that: anyone who can reach the port becomes the user that the entry forces. `any` is the default of pgbouncer/pgbouncer.",
    remedy: "Set `auth_type = scram-sha-256` and an `auth_file` or `auth_user`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    yieldsTo: ["pooler-knows-no-users"],
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#auth_type"],
    quietWhen: "the pooler listens only on the Pod's own loopback address.",
  },
  check(pooler, { report }) {
    const { settings, resource, container } = pooler;
    const type = settings.get("auth_type");
    if (container === undefined || type?.value === undefined || !/^(any|trust)$/i.test(type.value)) return;
    const listen = settings.get("listen_addr");
    if (listen?.value === undefined || isLocal(listen.value)) return;
    report({
      message: `auth_type ${type.value}${type.origin === "default" ? " (the image's default)" : ""} of ${nameOf(resource)} lets in anyone who can reach it, without a password.`,
      at: type.at,
    });
  },
});

/** Whether all addresses, with commas or blanks between them, are of the Pod alone. */
function isLocal(addresses: string): boolean {
  return addresses.split(/[\s,]/).every((each) => /^(127\.\d+\.\d+\.\d+|localhost|::1)?$/.test(each));
}
