import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-tls-incomplete",
  subject: "pooler",
  meta: {
    summary: "The pooler is told to use TLS with its clients but has no key or certificate.",
    rationale:
      "With any `client_tls_sslmode` except `disable` PgBouncer needs `client_tls_key_file` and `client_tls_cert_file`, and exits with `TLS setup failed` without them.",
    remedy: "Set both files, from a mounted Secret.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#client_tls_sslmode"],
    quietWhen: "the file includes others or is not fully in view.",
  },
  check(pooler, { report }) {
    const { settings, resource, container, configuration } = pooler;
    if (container === undefined || !settings.isComplete) return;
    if (/%include/.test(configuration?.content.value ?? "")) return;
    const mode = settings.get("client_tls_sslmode");
    if (mode?.value === undefined || !/^(allow|prefer|require|verify-ca|verify-full)$/i.test(mode.value)) return;
    const missing = ["client_tls_key_file", "client_tls_cert_file"].filter((name) => settings.get(name)?.value === "");
    if (missing.length === 0) return;
    report({
      message: `PgBouncer of ${nameOf(resource)} does not start: client_tls_sslmode ${mode.value} needs ${missing.join(" and ")}.`,
      at: mode.at,
    });
  },
});
