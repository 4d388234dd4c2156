import { nameOf } from "../../domain/model/names.ts";
import { breakingVariables } from "../../facts/pgbouncer.ts";
import { defineRule } from "../../rule/rule.ts";
import { own } from "../../text/own.ts";

export default defineRule({
  id: "pooler-variable-breaks-start",
  subject: "pooler",
  meta: {
    summary: "The image writes this variable where PgBouncer refuses it.",
    rationale:
      "The entrypoint of edoburu/pgbouncer writes `POOL_SIZE` and `TIMEZONE` into `[pgbouncer]`, which has no such parameters, and `CLIENT_ENCODING` on a line of its own under `[databases]`: PgBouncer exits at startup (measured).",
    remedy: "Use `DEFAULT_POOL_SIZE`; remove the other two.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/edoburu/docker-pgbouncer/blob/master/entrypoint.sh"],
    quietWhen: "the value is empty, or a configuration is mounted.",
  },
  check(pooler, { report }) {
    const { container, dialect, configuration, resource } = pooler;
    const breaking = dialect === undefined ? undefined : breakingVariables[dialect];
    if (container === undefined || breaking === undefined || configuration !== undefined) return;
    if (container.overridesEntrypoint || !container.filesAreComplete) return;
    if (container.mounts.some(({ mountPath }) => /pgbouncer/.test(mountPath))) return;
    for (const { name, value, nameAt, readAt } of container.environment.written()) {
      const why = own(breaking, name);
      if (why === undefined || value.value === undefined || value.value === "") continue;
      report({
        message: `PgBouncer of ${nameOf(resource)} does not start with ${name}: ${dialect} ${why}.`,
        at: readAt ?? nameAt,
      });
    }
  },
});
