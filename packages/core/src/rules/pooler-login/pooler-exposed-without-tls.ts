import { exposureOf, plainTextMode } from "../../domain/hosts/exposure.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-exposed-without-tls",
  subject: "pooler",
  meta: {
    summary: "Clients outside the cluster can reach the pooler without TLS.",
    rationale:
      "`client_tls_sslmode` defaults to disable: login exchanges, queries and rows cross the network in the clear, even where the server itself uses TLS.",
    remedy:
      "Set `client_tls_sslmode = require` with `client_tls_key_file` and `client_tls_cert_file`, and keep the load balancer inside your own network.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Service"],
    references: ["https://www.pgbouncer.org/config.html#client_tls_sslmode"],
    quietWhen:
      "the Service is internal by its class, its annotations, source ranges or a private address, leads to a port other than the pooler's, or the setting is not in view.",
  },
  check(pooler, { workspace, report }) {
    const { workload, resource } = pooler;
    if (workload === undefined) return;
    for (const service of workspace.resources.selecting("Service", workload)) {
      const { to, by } = exposureOf(service);
      if (to !== "public" || by === undefined || by.name === "externalIPs" || service.isUnsettled) continue;
      const mode = plainTextMode(pooler, service);
      if (mode === undefined) continue;
      report({
        message: `${nameOf(service)} (${by.name}) lets clients outside the cluster reach PgBouncer of ${nameOf(resource)}, which does not use TLS with them (client_tls_sslmode disable${mode.isDefault ? ", the default" : ""}).`,
        at: by.at,
        subject: service,
        // The usual way in a homelab, behind its router.
        ...(by.name === "NodePort" ? { severity: "info" as const } : {}),
        related: [{ message: "the pooler", at: mode.at }],
      });
      return;
    }
  },
});
