import { commandLine } from "../../domain/migration/read-migrations.ts";
import { type Command, isSaid } from "../../embedded/command.ts";
import { destructiveCommands } from "../../facts/migration-tools.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import { isIn } from "../../text/scan.ts";

export default defineRule({
  id: "migration-destroys-data",
  subject: "workload",
  meta: {
    summary: "A command that runs at every start destroys data or schema.",
    rationale:
      "Commands for a developer's machine (`migrate reset`, `db:drop`, `flyway clean`) empty the database they find, including in production after the next restart.",
    remedy: "Use the tool's forward migration (`prisma migrate deploy`, `rails db:migrate`).",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.prisma.io/docs/orm/reference/prisma-cli-reference#migrate-reset"],
  },
  check(workload, { report }) {
    for (const container of workload.containers) {
      for (const command of container.commands) {
        if (isSaid(command)) continue;
        const line = lineOf(command, container);
        const found = destructiveCommands.find(({ pattern }) => isIn(line, pattern));
        if (found === undefined) continue;
        const shown = shownLine(line);
        report({
          message: command.isConditional
            ? `A start of container ${container.name} can run a command that ${found.effect}, depending on a condition: \`${shown}\`.`
            : `Every start of container ${container.name} ${found.effect}: \`${shown}\`.`,
          ...(command.isConditional ? { severity: "warning" as const } : {}),
          at: command.words[0] ?? command,
        });
      }
    }
  },
});

/** Arguments alone are those of the image's own program: `flyway/flyway` with `clean`. */
function lineOf(command: Command, container: Container): string {
  if (container.overridesEntrypoint || command.shell !== undefined || container.image === undefined)
    return commandLine(command);
  const program = container.image.name.replace(/^.*\//, "");
  return [program, ...command.words.map((word) => word.text ?? word.raw)].join(" ");
}

/** Short, and without the values of its options: one may be a password. */
function shownLine(line: string): string {
  const shown = line
    .replace(/=\S+/g, "=…")
    .replace(/\S+/g, (word) => (word.includes("://") ? "…" : word))
    .replace(/(--?\w+) [^-\s]\S*/g, (words, option: string) =>
      /pass|pwd|user|url/i.test(option) ? `${option} …` : words,
    );
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}
