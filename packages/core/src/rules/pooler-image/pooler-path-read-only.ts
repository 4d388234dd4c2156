import { nameOf } from "../../domain/model/names.ts";
import type { Pooler } from "../../domain/model/pooler.ts";
import { isOlder, pgbouncerVersionOf } from "../../domain/pgbouncer/version.ts";
import { showsAll } from "../../domain/pooler/pooler-files.ts";
import type { Container } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { whyReadOnly } from "../../kube/read-only.ts";
import { securityField } from "../../kube/security.ts";
import type { Report } from "../../rule/rule.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "pooler-path-read-only",
  subject: "pooler",
  meta: {
    summary: "PgBouncer or its image must write a file in a place that is read-only.",
    rationale:
      "PgBouncer exits with `could not open pidfile` or `Cannot open logfile` (measured). The entrypoint of edoburu/pgbouncer writes its user list and its configuration below /etc/pgbouncer: with a mounted ConfigMap or a read-only root it exits with `Permission denied`.",
    remedy:
      "Leave `pidfile` and `logfile` empty (PgBouncer logs to its output), or mount an emptyDir there. For edoburu/pgbouncer mount the files one by one with `subPath`, or start `/usr/bin/pgbouncer /etc/pgbouncer/pgbouncer.ini` yourself.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/config.html#pidfile",
      "https://github.com/edoburu/docker-pgbouncer/blob/master/entrypoint.sh",
    ],
    quietWhen: "the volume there can be written, or is not in view.",
  },
  check(pooler, { report }) {
    const { software, container } = pooler;
    if (software !== "pgbouncer" || container === undefined) return;
    const found = ofSettings(pooler, container) ?? ofEntrypoint(pooler, container);
    if (found !== undefined) report(found);
  },
});

function ofSettings({ settings, resource }: Pooler, container: Container): Report | undefined {
  for (const name of ["pidfile", "logfile"]) {
    const path = settings.get(name);
    if (path?.value === undefined || path.origin === "default" || !/^\/(?!dev\/|proc\/)[^$<{%]+$/.test(path.value))
      continue;
    const reason = whyReadOnly(container, path.value);
    if (reason === undefined) continue;
    return {
      message: `PgBouncer of ${nameOf(resource)} does not start: it cannot write its ${name} ${path.value}, because ${reason}.`,
      at: path.at,
    };
  }
  return undefined;
}

/** What entrypoint.sh of edoburu/pgbouncer writes before it starts PgBouncer (2026-06). */
function ofEntrypoint({ dialect, resource, configuration }: Pooler, container: Container): Report | undefined {
  if (dialect !== "edoburu/pgbouncer" || container.overridesEntrypoint) return undefined;
  // The scripts of the first images are not known.
  if (isOlder(pgbouncerVersionOf(container), "1.15.0")) return undefined;
  const { environment } = container;
  const list = environment.get("AUTH_FILE")?.value ?? "/etc/pgbouncer/userlist.txt";
  const other = otherUser(container);
  const reason =
    whyReadOnly(container, list) ??
    (other === undefined ? undefined : `it runs as ${other.integer()}, and /etc/pgbouncer belongs to 70`);
  const mount = container.mountAt(list) ?? container.mountAt("/etc/pgbouncer");
  if (reason === undefined || !environment.isComplete || (mount !== undefined && !showsAll(container, mount)))
    return undefined;
  const at =
    mount?.node.at("mountPath") ?? other ?? container.node.nearest("securityContext", "readOnlyRootFilesystem");
  const name = nameOf(resource);
  const users = container.fileAt(list);
  if (users === undefined || users.value === undefined)
    return mount?.subPath === undefined && !isHere(container, list)
      ? { message: `edoburu/pgbouncer of ${name} exits at startup: it creates ${list}, but ${reason}.`, at }
      : undefined;
  const user = environment.get("DB_USER")?.value;
  if (user !== undefined && environment.get("DB_PASSWORD") !== undefined && !users.value.includes(`"${user}"`))
    return {
      message: `edoburu/pgbouncer of ${name} exits at startup: it adds DB_USER ${user} to ${list}, but ${reason}.`,
      at,
    };
  if (configuration !== undefined || isHere(container, "/etc/pgbouncer/pgbouncer.ini")) return undefined;
  return {
    message: `edoburu/pgbouncer of ${name} exits at startup: it writes /etc/pgbouncer/pgbouncer.ini, but ${reason}.`,
    at,
  };
}

/** The user that the manifest sets, where the image's folder belongs to another (uid 70, mode 0755; Dockerfile, 2026-06). */
function otherUser(container: Container): YamlNode | undefined {
  const user = securityField(container, "runAsUser");
  const isOther = ![undefined, 0, 70].includes(user?.integer());
  const isCovered = container.mounts.some(
    ({ mountPath }) => /^\/(?:etc(?:\/pgbouncer)?)?(?:\/|$)/.test(mountPath) || hasPlaceholder(mountPath),
  );
  return isOther && !isCovered ? user : undefined;
}

function isHere(container: Container, path: string): boolean {
  return container.filesUnder("/").some((file) => file.path === path);
}
