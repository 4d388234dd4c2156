import { passwordsInSql } from "../../embedded/secret-text.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "role-password-in-migration",
  subject: "script",
  meta: {
    summary: "A migration sets a role's password in plain text.",
    rationale:
      "Anyone who can read the repository has it, and so has its history after the line is gone. Migrations run in every environment, so that the password of production is the one of every developer's machine. The server's log may hold it, too.",
    remedy:
      "Create the role without a password and set it from a Secret outside the migration (`psql -v password=\"$PASSWORD\"` and `PASSWORD :'password'`), or let the operator do it. Change the password.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-createrole.html"],
    quietWhen: "a variable fills it in. What a manifest holds is database-password-in-manifest's.",
  },
  check({ text, resource, inside, statements }, { report }) {
    if (resource !== undefined) return;
    const [first] = passwordsInSql(text).filter(({ start }) => isOfRole(text, statements, start));
    if (first === undefined) return;
    report({
      message:
        "A role's password is written in this migration: anyone who can read the repository or its history has it.",
      at: inside(first),
    });
  },
});

/** In CREATE ROLE, ALTER USER and their like; not in a row that an INSERT writes. */
function isOfRole(
  text: string,
  statements: readonly { readonly span: { start: number; end: number } }[],
  start: number,
): boolean {
  const span = statements.find((each) => each.span.start <= start && start < each.span.end)?.span;
  return (
    span !== undefined &&
    /^(?:CREATE|ALTER)\s+(?:ROLE|USER|GROUP|SUBSCRIPTION)\b|^DO\b/i.test(text.slice(span.start, span.start + 40))
  );
}
