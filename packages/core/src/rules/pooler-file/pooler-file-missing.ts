import { nameOf } from "../../domain/model/names.ts";
import type { Pooler } from "../../domain/model/pooler.ts";
import { fileOfPooler } from "../../domain/pooler/pooler-files.ts";
import { readPgbouncerFile } from "../../embedded/pgbouncer-file.ts";
import { fileOnlyImages } from "../../facts/pgbouncer.ts";
import { defineRule } from "../../rule/rule.ts";
import { partOf } from "../../yaml/part-of.ts";

export default defineRule({
  id: "pooler-file-missing",
  subject: "pooler",
  meta: {
    summary: "A file that pgbouncer.ini names is not in any volume.",
    rationale:
      "PgBouncer does not start without a file that it includes. Without its `auth_file` or `auth_hba_file` it starts, logs `could not open`, and refuses every client (measured with 1.18 and 1.26).",
    remedy: "Mount the file where the setting says, or correct the path.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/config.html#auth_file",
      "https://www.pgbouncer.org/config.html#include-directive",
    ],
    quietWhen:
      "a volume there is not in view, dbops does not know the image, or passwords come from the server (`auth_user`).",
  },
  check(pooler, { report }) {
    const { configuration, container, dialect, resource, settings, software } = pooler;
    const text = configuration?.content.value;
    if (software !== "pgbouncer" || configuration === undefined || container === undefined) return;
    if (text === undefined || /\{\{|\{%/.test(text)) return;
    const name = nameOf(resource);
    for (const part of readPgbouncerFile(text)) {
      if (part.kind !== "include") continue;
      const file = fileOfPooler(pooler, part.path);
      if (file.state !== "absent") continue;
      report({
        message: `PgBouncer of ${name} does not start: it includes ${part.path}, and ${file.because}.`,
        at: partOf(configuration.content.at, text, part.span),
      });
    }
    if (/%include/.test(text) || settings.get("auth_user")?.value !== undefined) return;
    const type = settings.get("auth_type")?.value?.toLowerCase();
    for (const setting of ["auth_file", "auth_hba_file"]) {
      const path = settings.get(setting);
      if (path?.value === undefined || path.value === "" || path.origin === "default") continue;
      const isRead =
        setting === "auth_hba_file" ? type === "hba" : /^(md5|scram-sha-256|plain|trust)$/.test(type ?? "");
      if (!isRead) continue;
      const file = fileOfPooler(pooler, path.value);
      if (file.state !== "absent" || (!file.isCovered && mayMake(pooler, path.value))) continue;
      // Where edoburu's entrypoint cannot make its list it ends: pooler-path-read-only.
      if (dialect === "edoburu/pgbouncer" && !container.overridesEntrypoint && mayMake(pooler, path.value)) continue;
      report({
        message: `PgBouncer of ${name} refuses every client: ${setting} is ${path.value}, and ${file.because}.`,
        at: path.at,
      });
    }
  },
});

/** Whether something that dbops does not read starts PgBouncer, and may make the file first. */
function mayMake({ container, dialect }: Pooler, path: string): boolean {
  if (container === undefined || dialect === undefined) return true;
  if (container.overridesEntrypoint) return !/(^|\/)pgbouncer$/.test(container.argv[0]?.value ?? "");
  if (dialect === "edoburu/pgbouncer")
    return path === (container.environment.get("AUTH_FILE")?.value ?? "/etc/pgbouncer/userlist.txt");
  // Its entrypoint copies /bitnami/pgbouncer/conf and makes the list there. https://github.com/bitnami/containers/tree/main/bitnami/pgbouncer
  if (dialect === "bitnami/pgbouncer")
    return /^\/(opt\/)?bitnami\//.test(path) || path === container.environment.get("PGBOUNCER_AUTH_FILE")?.value;
  return !fileOnlyImages.has(dialect);
}
