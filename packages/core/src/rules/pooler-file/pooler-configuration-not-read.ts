import { nameOf } from "../../domain/model/names.ts";
import { fileOnlyImages, parameterOfVariable, poolerVariables } from "../../facts/pgbouncer.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";

export default defineRule({
  id: "pooler-configuration-not-read",
  subject: "pooler",
  meta: {
    summary:
      "The image reads a different pgbouncer.ini from the mounted one, or ignores its variables because one is mounted.",
    rationale:
      "bitnami/pgbouncer uses `/bitnami/pgbouncer/conf/pgbouncer.ini` and generates any other file from its variables. edoburu/pgbouncer generates none where `/etc/pgbouncer/pgbouncer.ini` is mounted, so its variables change nothing. Neither logs it.",
    remedy: "Mount the file where the image looks for it; move the values of the variables into the file.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/bitnami/containers/tree/main/bitnami/pgbouncer",
      "https://github.com/edoburu/docker-pgbouncer",
    ],
    quietWhen: "the container starts PgBouncer itself.",
  },
  check({ software, container, dialect, resource }, { report }) {
    if (software !== "pgbouncer" || container === undefined || container.overridesEntrypoint) return;
    const name = nameOf(resource);
    if (dialect !== undefined && fileOnlyImages.has(dialect)) {
      const dead = container.environment.written().filter((setting) => parameterOfVariable(setting.name) !== undefined);
      const [one] = dead;
      if (one === undefined) return;
      const names = dead.map((setting) => setting.name);
      report({
        message: `${firstListed(names, 1)} of ${name} change${dead.length === 1 ? "s" : ""} nothing: ${dialect} reads no variables, only /etc/pgbouncer/pgbouncer.ini.`,
        at: one.readAt ?? one.nameAt,
      });
      return;
    }
    const files = container.filesUnder("/").filter(({ path }) => /(^|\/)pgbouncer\.ini$/.test(path));
    const [file] = files;
    if (file === undefined) return;
    if (dialect === "bitnami/pgbouncer") {
      if (container.mountAt("/bitnami/pgbouncer/conf/pgbouncer.ini") !== undefined) return;
      if (container.argv.some((word) => word.value === undefined || word.value === file.path)) return;
      report({
        message: `bitnami/pgbouncer of ${name} does not read ${file.path}: it reads /bitnami/pgbouncer/conf/pgbouncer.ini, and without that file generates one from its variables.`,
        at: file.mount.node.at("mountPath") ?? file.mount.node,
      });
      return;
    }
    if (dialect !== "edoburu/pgbouncer" || file.path !== "/etc/pgbouncer/pgbouncer.ini") return;
    const unread = container.environment
      .written()
      .filter(
        ({ name: each }) => poolerVariables[dialect]?.has(each) === true && !isForList(each, container.environment),
      );
    const [first] = unread;
    if (first === undefined) return;
    const names = unread.slice(0, 3).map((setting) => setting.name);
    report({
      message: `${names.join(", ")}${unread.length > names.length ? ", …" : ""} of ${name} change${unread.length === 1 ? "s" : ""} nothing: edoburu/pgbouncer leaves the mounted ${file.path} as it is.`,
      at: first.readAt ?? first.nameAt,
      related: [{ message: "the mounted file", at: file.mount.node.at("mountPath") ?? file.mount.node }],
    });
  },
});

/** What edoburu's entrypoint reads to write the list of users, also beside a mounted file (entrypoint.sh, 2026-06). */
function isForList(variable: string, environment: Container["environment"]): boolean {
  const has = (name: string): boolean => !environment.isComplete || environment.get(name) !== undefined;
  if (variable === "AUTH_FILE") return true;
  // A password is hashed unless AUTH_TYPE says that it must not be.
  if (variable === "AUTH_TYPE")
    return ["DB_PASSWORD", "DATABASE_URL", "ADMIN_PASSWORDS", "ADMIN_PASSWORD", "STATS_PASSWORDS"].some(has);
  if (variable === "ADMIN_USERS") return has("ADMIN_PASSWORDS") || has("ADMIN_PASSWORD");
  return variable === "STATS_USERS" && has("STATS_PASSWORDS");
}
