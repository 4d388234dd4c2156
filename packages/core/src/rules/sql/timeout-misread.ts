import type { MigrationScript, ScriptStatement } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";

/** Below this a number without a unit was hardly meant as milliseconds. */
const least = 100;

export default defineRule({
  id: "timeout-misread",
  subject: "script",
  meta: {
    summary: "A migration sets a timeout that PostgreSQL reads as milliseconds, refuses, or forgets at once.",
    rationale:
      "A number without a unit is milliseconds: `lock_timeout = 5` gives up after 5 ms, nearly always. Units are `us`, `ms`, `s`, `min`, `h` and `d`; `5sec` and `1m` are refused. `SET LOCAL` lasts until the transaction ends: outside one it has no effect.",
    remedy: "Write the unit: `SET lock_timeout = '5s'`; use `SET LOCAL` only in a transaction.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES",
      "https://www.postgresql.org/docs/current/sql-set.html",
    ],
    quietWhen: "the number is 0 (no timeout) or at least 100, or how the tool runs the file is not known (SET LOCAL).",
  },
  check(script, { report }) {
    for (const statement of script.statements) {
      const fault = faultOf(statement, script);
      if (fault === undefined) continue;
      const { start, end } = statement.span;
      report({ ...fault, at: script.inside({ start, end }) });
      return;
    }
  },
});

function faultOf(
  { span, openedBy }: ScriptStatement,
  { text, wraps }: MigrationScript,
): { readonly message: string; readonly severity?: "warning" } | undefined {
  // Nothing of this kind is longer.
  if (span.end - span.start > 100) return undefined;
  const words = text.slice(span.start, span.end).replace(/[=']/g, " $& ").trim().split(/\s+/);
  const lower = words.map((word) => word.toLowerCase());
  const isLocal = lower[1] === "local";
  const at = isLocal || lower[1] === "session" ? 2 : 1;
  const name = lower[at] ?? "";
  if (lower[0] !== "set" || !/^(?:lock|statement|idle_in_transaction_session)_timeout$/.test(name)) return undefined;
  const value = words
    .slice(at + 2)
    .filter((word) => word !== "'")
    .join(" ");
  const [, number, unit] = /^(\d+) ?([a-z]*)$/i.exec(value) ?? [];
  if (number !== undefined && unit === "" && Number(number) > 0 && Number(number) < least)
    return {
      message: `${name} ${number} is ${number} ms, because a bare number counts milliseconds: nearly every statement that waits is canceled.`,
    };
  if (number !== undefined && unit !== undefined && unit !== "" && !/^(?:us|ms|s|min|h|d)$/.test(unit))
    return {
      message: `PostgreSQL refuses ${name} '${value}': ${unit} is none of its units (us, ms, s, min, h, d), and the migration fails.`,
    };
  if (isLocal && wraps === "none" && openedBy === undefined)
    return {
      message: `SET LOCAL ${name} has no effect outside a transaction: the statements after it wait without a limit.`,
      severity: "warning",
    };
  return undefined;
}
