import { nameOf } from "../../domain/names.ts";
import { requiredVariables } from "../../facts/pgbouncer.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-variable-missing",
  subject: "pooler",
  meta: {
    summary: "The pooler's image ends at its start without this variable.",
    rationale:
      "The entrypoints check what they need before they write a configuration: edoburu/pgbouncer a host or URL, bitnami/pgbouncer the server's password, pgbouncer/pgbouncer a host.",
    remedy: "Set the variable, a password from a Secret.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/edoburu/docker-pgbouncer",
      "https://github.com/bitnami/containers/tree/main/bitnami/pgbouncer",
    ],
    quietWhen: "a configuration is mounted, or the environment is not wholly in view.",
  },
  check(pooler, { report }) {
    const { container, dialect, configuration, resource } = pooler;
    const required = dialect === undefined ? undefined : requiredVariables[dialect];
    if (container === undefined || required === undefined || configuration !== undefined || resource.isPatched) return;
    const { environment } = container;
    if (container.overridesEntrypoint || !environment.isComplete || !container.filesAreComplete) return;
    // A mounted file, or a directory of secrets, may take the place of the variable.
    if (container.mounts.some(({ mountPath }) => /pgbouncer|secret/.test(mountPath))) return;
    if (required.oneOf.some((name) => environment.get(name) !== undefined)) return;
    if (required.unless !== undefined && environment.get(required.unless.name)?.value === required.unless.value) return;
    report({
      message: `${dialect} of ${nameOf(resource)} ends at its start: ${required.oneOf[0]} is not set.`,
      at: container.node.at("env") ?? container.node.nearest("image"),
      point: "key",
    });
  },
});
