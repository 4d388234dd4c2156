import { nameOf } from "../../domain/model/names.ts";
import { type Command, linesOf } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-waits-for-answer",
  subject: "container",
  meta: {
    summary: "A migration command asks a question, and no terminal answers it.",
    rationale:
      "`artisan migrate` and `artisan db:seed` ask before they touch a database where APP_ENV is production; without a terminal they cancel. The schema stays as it was, and the new version starts against it. `prisma migrate dev` is made for a developer's machine: it replays all migrations in a shadow database that its user must be able to create, and where the schema has drifted or a step may lose data it asks, or gives up where there is no terminal.",
    remedy: "Add `--force` to artisan; run `prisma migrate deploy` instead of `migrate dev`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://laravel.com/docs/12.x/migrations#forcing-migrations-to-run-in-production",
      "https://www.prisma.io/docs/orm/prisma-migrate/workflows/development-and-production",
    ],
    quietWhen:
      "APP_ENV is not known or not production, the container has a terminal, the command is in a branch of its script, or something is piped into it.",
  },
  check(container, { report }) {
    if (container.node.boolean("tty") === true) return;
    for (const command of container.commands) {
      if (command.execIn !== undefined || command.input !== undefined || command.readsFrom !== undefined) continue;
      // A branch may be that of another environment.
      if (command.unreached !== undefined || (command.isConditional && !command.isCondition)) continue;
      if (isFed(command, container)) continue;
      const line = linesOf([command])[0] ?? "";
      const question = questions.find(({ asks, answers }) => asks.test(line) && !answers.test(line));
      if (question === undefined) continue;
      const name = nameOf(container.workload.resource);
      if (question.tool === "prisma") {
        report({
          message: `prisma migrate dev of ${name} makes a shadow database for each run, and where the schema has drifted it asks whether to reset the database: a Pod has no terminal to answer.`,
          at: command.words[0] ?? command,
          severity: "warning",
        });
        return;
      }
      const environment = container.environment.get("APP_ENV");
      if (environment?.value !== "production" || command.variables.has("APP_ENV")) continue;
      report({
        message: `${question.asks.exec(line)?.[0] ?? "artisan"} of ${name} asks for a confirmation because APP_ENV is production: without a terminal it cancels, and the database stays as it was.`,
        at: command.words[0] ?? command,
        related: [{ message: "APP_ENV is production", at: environment.at }],
      });
      return;
    }
  },
});

/** `yes | php artisan migrate` */
function isFed(command: Command, { commands }: Container): boolean {
  return commands.some(({ feeds }) => feeds === command);
}

const questions = [
  {
    tool: "artisan",
    asks: /\bartisan (?:migrate(?::(?:fresh|refresh|reset|rollback))?|db:seed)(?= |$)/,
    answers: / --(?:force|pretend|env)\b| APP_ENV=|^APP_ENV=/,
  },
  { tool: "prisma", asks: /\bprisma migrate dev\b/, answers: / --help\b/ },
] as const;
