import { nameOf } from "../../domain/names.ts";
import { leadsToServer } from "../../domain/service-port.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-exposed-without-tls",
  subject: "pooler",
  meta: {
    summary: "Clients outside the cluster reach the pooler without TLS.",
    rationale:
      "`client_tls_sslmode` is disable unless it is set: passwords' answers, queries and rows cross the network readable, also where the server itself speaks TLS.",
    remedy: "Set `client_tls_sslmode = require` with `client_tls_key_file` and `client_tls_cert_file`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#client_tls_sslmode"],
    quietWhen:
      "the Service is internal to a cloud's network, limited to source ranges or a mesh's, leads to another port than the pooler's, or the setting is not in view.",
  },
  check({ settings, workload, container, resource, software }, { workspace, report }) {
    if (software !== "pgbouncer" || workload === undefined || resource.isPatched) return;
    const mode = settings.get("client_tls_sslmode");
    if (mode?.value === undefined || mode.value.toLowerCase() !== "disable") return;
    // A sidecar that only its own Pod reaches.
    const addresses = settings.get("listen_addr")?.value?.split(/[\s,]+/) ?? [];
    if (addresses.length > 0 && addresses.every((each) => /^(127\.|localhost$|::1$)/.test(each))) return;
    const listener = { port: settings.number("listen_port"), container };
    const service = workspace.resources
      .selecting("Service", workload)
      .find(
        (each) =>
          /^(LoadBalancer|NodePort)$/.test(each.node.string("spec", "type") ?? "") && leadsToServer(each, listener),
      );
    if (service === undefined || service.isPatched || service.node.at("spec", "loadBalancerSourceRanges") !== undefined)
      return;
    // Tailscale's balancers answer only in the owner's encrypted network.
    if (/tailscale/.test(service.node.string("spec", "loadBalancerClass") ?? "")) return;
    if (
      Object.entries(service.annotations).some(([key, value]) =>
        /internal|scheme|private|tailscale/i.test(`${key}=${value}`),
      )
    )
      return;
    report({
      message: `${nameOf(service)} (${service.node.string("spec", "type")}) lets clients outside the cluster reach PgBouncer of ${nameOf(resource)}, which speaks no TLS with them (client_tls_sslmode disable${mode.origin === "default" ? ", the default" : ""}).`,
      at: service.node.nearest("spec", "type"),
      subject: service,
      related: [{ message: "the pooler", at: mode.at }],
    });
  },
});
