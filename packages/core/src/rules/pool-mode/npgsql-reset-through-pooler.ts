import { nameOf } from "../../domain/model/names.ts";
import { sharingPoolerOf } from "../../domain/pooler/pool-mode.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "npgsql-reset-through-pooler",
  subject: "client",
  meta: {
    summary: "Npgsql resets a session that belongs to another client.",
    rationale:
      "Npgsql sends `DISCARD ALL` before it reuses a pooled connection. Behind a transaction-mode pooler that resets whichever server connection comes next: a wasted round trip, and statements that others prepared there are gone.",
    remedy: "Add `No Reset On Close=true` to the connection string.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.npgsql.org/doc/compatibility.html#pgbouncer"],
    quietWhen: "the pool mode is session or not in view, or Npgsql does not pool (`Pooling=false`).",
  },
  check({ container, host }, { report }) {
    const { resource } = container.workload;
    const setting = container.environment
      .written()
      .find(
        ({ value }) =>
          /(?:^|;)\s*host\s*=[^;]*(?:;|$)/i.test(value.value ?? "") &&
          value.value?.includes(";") === true &&
          value.value?.includes(host.host) === true,
      );
    if (setting?.value.value === undefined) return;
    if (/no\s*reset\s*on\s*close\s*=\s*true|pooling\s*=\s*false/i.test(setting.value.value)) return;
    const through = sharingPoolerOf([host]);
    if (through === undefined) return;
    report({
      message: `Npgsql of ${nameOf(resource)} sends DISCARD ALL to whichever server connection ${nameOf(through.pooler.resource)} has free (pool_mode ${through.mode}): the connection string lacks "No Reset On Close=true".`,
      at: setting.readAt ?? host,
      related: [{ message: "the pool mode", at: through.modeAt }],
    });
  },
});
