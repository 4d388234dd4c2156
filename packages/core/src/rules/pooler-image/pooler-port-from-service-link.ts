import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { serviceBehindVariable } from "../../kube/service-links.ts";
import { defineRule } from "../../rule/rule.ts";

/** What the entrypoints read as a port, by image family (libpgbouncer.sh, entrypoint.sh, start.sh, 2026-06). */
const portVariables: Readonly<Record<string, readonly string[]>> = {
  "bitnami/pgbouncer": ["PGBOUNCER_PORT", "POSTGRESQL_PORT"],
  "edoburu/pgbouncer": ["DB_PORT"],
  "pgbouncer/pgbouncer": ["DATABASES_PORT"],
  "crunchydata/crunchy-pgbouncer": ["PG_PORT"],
};

export default defineRule({
  id: "pooler-port-from-service-link",
  subject: "pooler",
  meta: {
    summary: "Kubernetes sets a variable of this name to a URL, and the pooler's image reads it as a port.",
    rationale:
      "For each Service in the namespace a Pod gets `NAME_PORT=tcp://10.0.0.1:5432` and the like (service links), unless `enableServiceLinks` is false. The image expects a number in `PGBOUNCER_PORT` or `DB_PORT`: PgBouncer refuses `tcp` as a port. A Pod that started before the Service existed works until it restarts.",
    remedy: "Set `enableServiceLinks: false`, or set the variable yourself.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables",
      "https://github.com/kubernetes/kubernetes/issues/65130",
    ],
    quietWhen:
      "the variable is set in the manifest, service links are off, the Service is headless or in another namespace, a configuration is mounted, or a kustomization gives the Service another name.",
  },
  check({ container, workload, dialect, configuration, resource }, { workspace, report }) {
    const names = dialect === undefined ? undefined : portVariables[dialect];
    if (container === undefined || workload === undefined || names === undefined || configuration !== undefined) return;
    if (container.overridesEntrypoint || !container.environment.isComplete) return;
    const links = workload.podSpec.at("enableServiceLinks");
    if (links?.boolean() === false || hasPlaceholder(links?.text() ?? "") || !container.filesAreComplete) return;
    for (const variable of names) {
      // DATABASE_URL makes edoburu's entrypoint leave DB_PORT alone.
      if (container.environment.get(variable) !== undefined || container.environment.get("DATABASE_URL") !== undefined)
        continue;
      const service = serviceBehindVariable(variable, resource, workspace.resources, workspace.unit.nameMade);
      if (service === undefined || service.isUnsettled) continue;
      report({
        message: `${dialect} of ${nameOf(resource)} does not start because of Service ${service.name}: Kubernetes sets ${variable} to tcp://…, and the image reads it as a port.`,
        at: container.node.nearest("image"),
        related: [{ message: "the Service", at: service.node.nearest("metadata", "name") }],
      });
      return;
    }
  },
});
