import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-runs-as-root",
  subject: "pooler",
  meta: {
    summary: "PgBouncer is started as root, which it refuses.",
    rationale:
      "PgBouncer exits with `PgBouncer should not run as root` unless its `user` setting names the user to switch to (measured).",
    remedy: "Remove `runAsUser: 0`, or set `user` in pgbouncer.ini.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#user"],
    quietWhen:
      "the image writes `user` itself or changes the user, the file sets `user`, or the command switches users.",
  },
  check({ software, container, workload, dialect, configuration, settings, resource }, { report }) {
    if (software !== "pgbouncer" || container === undefined || workload === undefined) return;
    const user =
      container.node.at("securityContext", "runAsUser") ?? workload.podSpec.at("securityContext", "runAsUser");
    if (user?.value !== 0) return;
    // Entrypoints may become another user; edoburu's writes `user = postgres` into the file that it makes, and leaves a mounted one.
    const isDirect = /(^|\/)pgbouncer$/.test(container.argv[0]?.value ?? "") && container.overridesEntrypoint;
    const isEdoburu = dialect === "edoburu/pgbouncer" && !container.overridesEntrypoint && configuration !== undefined;
    if (!isDirect && !isEdoburu) return;
    if (container.argv.some((word) => word.value === undefined || /^(-u.*|--user.*)$/.test(word.value))) return;
    const become = settings.get("user");
    if (!settings.isComplete || become !== undefined) return;
    if (/%include|\{\{/.test(configuration?.content.value ?? "")) return;
    report({
      message: `PgBouncer of ${nameOf(resource)} does not start: it runs as root (runAsUser 0), and no user setting tells it which user to switch to.`,
      at: user,
    });
  },
});
