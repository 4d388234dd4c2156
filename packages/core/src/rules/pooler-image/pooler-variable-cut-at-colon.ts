import { nameOf } from "../../domain/model/names.ts";
import { poolerVariables } from "../../facts/pgbouncer.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-variable-cut-at-colon",
  subject: "pooler",
  meta: {
    summary: "bitnami/pgbouncer cuts this value at its first colon.",
    rationale:
      "The image keeps its settings as `name:value` and splits them with awk on every colon: `SELECT usename::text` becomes `SELECT usename`, `[::1]` becomes `[`. PgBouncer gets what is left.",
    remedy:
      "Write `CAST(x AS text)` instead of `x::text`; mount a pgbouncer.ini at `/bitnami/pgbouncer/conf` for other values.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/bitnami/containers/blob/main/bitnami/pgbouncer/1/debian-12/rootfs/opt/bitnami/scripts/libpgbouncer.sh",
    ],
    quietWhen: "a configuration is mounted, or the value has no colon.",
  },
  check({ container, dialect, configuration, resource }, { report }) {
    if (container === undefined || dialect !== "bitnami/pgbouncer" || configuration !== undefined) return;
    if (container.overridesEntrypoint || !container.filesAreComplete) return;
    for (const { name, value, heldBy, readAt } of container.environment.written()) {
      // Files and lists of TLS are written without the split.
      if (poolerVariables[dialect]?.has(name) !== true || !name.startsWith("PGBOUNCER_") || /_TLS_/.test(name))
        continue;
      const text = value.value;
      const colon = text?.indexOf(":") ?? -1;
      if (text === undefined || colon < 0 || heldBy === "Secret") continue;
      report({
        message: `bitnami/pgbouncer of ${nameOf(resource)} cuts ${name} at its first colon: PgBouncer gets "${text.slice(0, colon)}".`,
        at: readAt ?? value.at,
      });
    }
  },
});
