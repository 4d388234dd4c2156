import { nameOf } from "../../domain/model/names.ts";
import { pgbouncerSection } from "../../embedded/pgbouncer-file.ts";
import { defineRule } from "../../rule/rule.ts";
import { isWritten } from "../../yaml/fact.ts";
import { partOf } from "../../yaml/part-of.ts";

export default defineRule({
  id: "pooler-listens-on-no-address",
  subject: "pooler",
  meta: {
    summary: "pgbouncer.ini does not set listen_addr: PgBouncer opens only its Unix socket.",
    rationale:
      "Without `listen_addr` PgBouncer opens no TCP port at all. The Pod runs, and every connection through the Service is refused.",
    remedy: "Set `listen_addr = *` and `listen_port`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#listen_addr"],
    quietWhen: "the file includes others, or the image does not read it and writes its own.",
  },
  check({ settings, configuration: file, container, resource, dialect, software }, { report }) {
    if (software !== "pgbouncer" || container === undefined) return;
    const text = file?.content.value;
    if (file === undefined || text === undefined || /%include/.test(text) || dialect === "pgbouncer/pgbouncer") return;
    const listen = settings.get("listen_addr");
    if (isWritten(listen)) return;
    if (container.argv.length > 0 && !container.argv.every((word) => word.value !== undefined)) return;
    const section = text.search(pgbouncerSection);
    if (section < 0) return;
    report({
      message: `PgBouncer of ${nameOf(resource)} does not listen on any network address: pgbouncer.ini does not set listen_addr, so only its Unix socket answers.`,
      at: partOf(file.content.at, text, { start: section, end: section + "[pgbouncer]".length }),
    });
  },
});
