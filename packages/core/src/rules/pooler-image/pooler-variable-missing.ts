import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { requiredVariables } from "../../facts/pgbouncer.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-variable-missing",
  subject: "pooler",
  meta: {
    summary: "The pooler's image exits at startup without this variable.",
    rationale:
      "The entrypoints check for what they need before they write a configuration: edoburu/pgbouncer a host or URL, bitnami/pgbouncer the server's password, pgbouncer/pgbouncer a host.",
    remedy: "Set the variable; a password belongs in a Secret.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/edoburu/docker-pgbouncer",
      "https://github.com/bitnami/containers/tree/main/bitnami/pgbouncer",
    ],
    quietWhen: "a configuration is mounted, or the environment is not fully in view.",
  },
  check(pooler, { workspace, report }) {
    const { container, dialect, configuration, resource } = pooler;
    if (container !== undefined && dialect === "bitnami/pgbouncer" && lacksHost(container, workspace)) {
      report({
        message: `bitnami/pgbouncer of ${nameOf(resource)} waits 100 s for the host postgresql and exits: POSTGRESQL_HOST is not set${configuration === undefined ? "" : " (needed even with a mounted file)"}, and no Service is called postgresql.`,
        at: container.node.at("env") ?? container.node.nearest("image"),
        point: "key",
      });
      return;
    }
    const required = dialect === undefined ? undefined : requiredVariables[dialect];
    if (container === undefined || required === undefined || configuration !== undefined) return;
    const { environment } = container;
    if (container.overridesEntrypoint || !environment.isComplete || !container.filesAreComplete) return;
    // A mounted file, or a directory of secrets, may take the place of the variable.
    if (container.mounts.some(({ mountPath }) => /pgbouncer|secret/.test(mountPath))) return;
    if (required.oneOf.some((name) => environment.get(name) !== undefined)) return;
    const exception = required.unless === undefined ? undefined : environment.get(required.unless.name);
    if (exception !== undefined && ("because" in exception || exception.value === required.unless?.value)) return;
    report({
      message: `${dialect} of ${nameOf(resource)} exits at startup: ${required.oneOf[0]} is not set.`,
      at: container.node.at("env") ?? container.node.nearest("image"),
      point: "key",
    });
  },
});

/** Its entrypoint tries the server ten times before it starts PgBouncer: https://github.com/bitnami/containers/issues/12912 */
function lacksHost(container: Container, { view, everything }: Workspace): boolean {
  const { environment, workload } = container;
  if (view === "file" || container.overridesEntrypoint || workload.resource.isUnsettled) return false;
  if (!environment.isComplete || environment.get("POSTGRESQL_HOST") !== undefined) return false;
  if (environment.get("POSTGRESQL_HOST_FILE") !== undefined) return false;
  return !everything.resources.ofKind("Service").some(({ name }) => name === "postgresql");
}
