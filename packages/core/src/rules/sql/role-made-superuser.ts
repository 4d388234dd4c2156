import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "role-made-superuser",
  subject: "script",
  meta: {
    summary: "A migration makes a role a superuser, or lets it run programs on the server.",
    rationale:
      "A superuser passes every check of privileges and row security, and can start programs on the database's host with `COPY … FROM PROGRAM`: an SQL injection into the application then owns the server. pg_execute_server_program and pg_write_server_files amount to the same.",
    remedy:
      "Grant what the application needs: `CREATEDB`, `CREATE` on a schema, `pg_monitor`, `pg_read_all_data`. Let an administrator create extensions that need more.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/role-attributes.html",
      "https://www.postgresql.org/docs/current/predefined-roles.html",
    ],
  },
  check({ privileges }, { report }) {
    const [first] = privileges;
    if (first === undefined) return;
    report({
      message: `${first.words}: ${first.role} can then run programs on the database server, past every privilege and row security.`,
      at: first.at,
    });
  },
});
