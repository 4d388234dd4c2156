import { commandLine } from "../../domain/read-migrations.ts";
import { destructiveCommands } from "../../facts/migration-tools.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-destroys-data",
  subject: "workload",
  meta: {
    summary: "A command that runs at each start destroys data or schema.",
    rationale:
      "Commands for a developer's machine (`migrate reset`, `db:drop`, `flyway clean`) empty the database they find, also after the next restart in production.",
    remedy: "Use the tool's forward migration (`prisma migrate deploy`, `rails db:migrate`).",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.prisma.io/docs/orm/reference/prisma-cli-reference#migrate-reset"],
  },
  check(workload, { report }) {
    if (workload.resource.isPatched) return;
    for (const container of workload.containers) {
      for (const command of container.commands) {
        const line = commandLine(command);
        const found = destructiveCommands.find(({ pattern }) => pattern.test(line));
        if (found === undefined) continue;
        report({
          message: `Each start of container ${container.name} ${found.effect}: \`${line.length > 60 ? `${line.slice(0, 57)}…` : line}\`.`,
          at: command.words[0] ?? command,
        });
      }
    }
  },
});
