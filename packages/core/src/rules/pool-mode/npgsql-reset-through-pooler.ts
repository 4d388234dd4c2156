import { nameOf } from "../../domain/model/names.ts";
import { sharingPoolerOf } from "../../domain/pooler/pool-mode.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "npgsql-reset-through-pooler",
  subject: "client",
  meta: {
    summary: "Npgsql resets a session that is another client's.",
    rationale:
      "Npgsql sends `DISCARD ALL` before it uses a pooled connection again. Behind a transaction-mode pooler that resets the server connection which happens to be next: a round trip for nothing, and the statements that others prepared there are gone.",
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
      message: `Npgsql of ${nameOf(resource)} sends DISCARD ALL to whichever server connection ${nameOf(through.pooler.resource)} has free (pool_mode ${through.mode}): the string says no "No Reset On Close=true".`,
      at: setting.readAt ?? host,
      related: [{ message: "the pool mode", at: through.modeAt }],
    });
  },
});
