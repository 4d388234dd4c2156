import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { isIn } from "../../text/scan.ts";

export default defineRule({
  id: "pooler-trusts-any-server",
  subject: "pooler",
  meta: {
    summary: "The pooler does not verify the server that it connects to outside the cluster.",
    rationale:
      "`server_tls_sslmode` below `verify-ca` accepts any certificate, and `disable` and `prefer` accept no TLS at all: someone on the network path can read along and impersonate the server.",
    remedy: "Set `server_tls_sslmode = verify-full` and `server_tls_ca_file` to the provider's certificate authority.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#server_tls_sslmode"],
    quietWhen: "the server is in the cluster, or the setting is not in view.",
  },
  check({ settings, routes, resource, software }, { report }) {
    const mode = settings.get("server_tls_sslmode");
    if (software !== "pgbouncer" || mode?.value === undefined) return;
    if (/^verify-(ca|full)$/i.test(mode.value)) return;
    // A name of two parts may be a Service in another namespace.
    const route = routes.find(
      ({ host, reaches }) => reaches.state === "outside" && isIn(host?.value ?? "", [/\./, /\.[a-z]/i]),
    );
    if (route?.host?.value === undefined) return;
    report({
      message: `PgBouncer of ${nameOf(resource)} does not verify that ${route.host.value} is the server (server_tls_sslmode ${mode.value}${mode.origin === "default" ? ", the default" : ""}).`,
      at: mode.origin === "default" ? route.host.at : mode.at,
    });
  },
});
