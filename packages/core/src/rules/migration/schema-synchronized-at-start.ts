import { commandLine } from "../../domain/migration/read-migrations.ts";
import { nameOf } from "../../domain/model/names.ts";
import { isSaid } from "../../embedded/command.ts";
import { destructiveCommands, synchronizingCommands } from "../../facts/migration-tools.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import { isIn } from "../../text/scan.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";

export default defineRule({
  id: "schema-synchronized-at-start",
  subject: "container",
  meta: {
    summary: "The application makes the tables from its classes when it starts.",
    rationale:
      "`create` and `create-drop` of Hibernate drop the tables and make them again, at every start of every Pod. `update` and TypeORM's `synchronize` alter them under traffic, without a review, and TypeORM drops columns that a class no longer has.",
    remedy: "Set `validate` or `none` (TypeORM: `false`), and let a migration tool change the schema.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://docs.jboss.org/hibernate/orm/7.0/userguide/html_single/Hibernate_User_Guide.html#schema-generation",
      "https://typeorm.io/docs/data-source/data-source-options/",
    ],
    quietWhen: "the value only validates, or the container uses an embedded database (H2, HSQLDB, SQLite).",
  },
  check(container, { report }) {
    const command = synchronizationIn(container);
    if (command !== undefined) {
      report(command);
      return;
    }
    const found = settingOf(container);
    if (found === undefined || isEmbedded(container)) return;
    const { resource } = container.workload;
    const { value, name, at } = found;
    const isDrop = /^(create|create-drop|drop-and-create|drop|create-only)$/.test(value);
    report({
      message: isDrop
        ? `Every start of ${nameOf(resource)} ${value === "create-only" ? "creates its tables" : "drops its tables and creates them empty"} (${name} ${value}).`
        : `Every start of ${nameOf(resource)} alters its tables to fit its classes (${name} ${value}), without a migration that anyone has read.`,
      at,
      ...(isDrop && value !== "create-only" ? {} : { severity: "info" as const }),
    });
  },
});

/** A command that does it; one that migration-destroys-data calls destructive is left to that rule. */
function synchronizationIn(
  container: Container,
): { readonly message: string; readonly at: Place; readonly severity: "info" | "warning" } | undefined {
  for (const command of container.commands) {
    if (isSaid(command)) continue;
    const line = commandLine(command);
    const found = synchronizingCommands.find(({ pattern }) => isIn(line, pattern));
    if (found === undefined || destructiveCommands.some(({ pattern }) => isIn(line, pattern))) continue;
    const isForced = found.force.test(line);
    return {
      message: `${nameOf(container.workload.resource)} alters the tables with \`${found.name}\`, without a migration that anyone has read${isForced ? "; a column that the schema no longer names is dropped" : ""}.`,
      at: command.words[0] ?? command,
      severity: isForced ? "warning" : "info",
    };
  }
  return undefined;
}

interface SchemaSetting {
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

const variables: ReadonlySet<string> = new Set([
  "SPRING_JPA_HIBERNATE_DDL_AUTO",
  "SPRING_JPA_PROPERTIES_HIBERNATE_HBM2DDL_AUTO",
  "QUARKUS_HIBERNATE_ORM_DATABASE_GENERATION",
  "QUARKUS_HIBERNATE_ORM_SCHEMA_MANAGEMENT_STRATEGY",
]);
const changing = /^(?:create|create-drop|drop-and-create|drop|create-only|update)$/;
const inArgument =
  /^(?:--|-D)(spring\.jpa\.hibernate\.ddl-auto|quarkus\.hibernate-orm\.database\.generation)=([a-z-]+)$/;
/** A line of application.properties or application.yaml. */
const inFile = /^[ \t]*(?:[\w.-]*[.:])?(ddl-auto|hbm2ddl\.auto)[ \t]*[=:][ \t]*["']?([a-z-]+)["']?[ \t]*$/m;

function settingOf(container: Container): SchemaSetting | undefined {
  for (const { name, value, readAt } of container.environment.written()) {
    const text = value.value?.trim().toLowerCase();
    if (text === undefined) continue;
    const isChanging = variables.has(name) ? changing.test(text) : name === "TYPEORM_SYNCHRONIZE" && text === "true";
    if (isChanging) return { name, value: text, at: readAt ?? value.at };
  }
  for (const { value, at } of container.argv) {
    const [, name, setting] = inArgument.exec(value ?? "") ?? [];
    if (name !== undefined && setting !== undefined && changing.test(setting)) return { name, value: setting, at };
  }
  for (const { path, content } of container.filesUnder("/")) {
    if (!/\/application[\w-]*\.(?:properties|ya?ml)$/.test(path) || content.value === undefined) continue;
    const line = inFile.exec(content.value);
    const [text, name, setting] = line ?? [];
    if (line === null || text === undefined || name === undefined || setting === undefined) continue;
    if (!changing.test(setting)) continue;
    const start = line.index + text.lastIndexOf(setting);
    return { name, value: setting, at: partOf(content.at, content.value, { start, end: start + setting.length }) };
  }
  return undefined;
}

/** Its tables live in the process, or in a file of the container; or its URL is filled in later, and they may. */
function isEmbedded({ environment }: Container): boolean {
  return environment
    .written()
    .some(({ name, value, readAt }) =>
      value.value === undefined
        ? /URL|JDBC/.test(name) && readAt === undefined
        : /^jdbc:(?:h2|hsqldb|derby|sqlite):|^sqlite:/.test(value.value),
    );
}
