import { serverImageOf } from "../../domain/database/server-container.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { requiredPasswords } from "../../facts/entrypoint-passwords.ts";
import { userOfImage } from "../../facts/image-users.ts";
import type { Container } from "../../kube/container.ts";
import { securityField } from "../../kube/security.ts";
import { defineRule } from "../../rule/rule.ts";
import { own } from "../../text/own.ts";
import { fileName } from "../../text/scan.ts";

export default defineRule({
  id: "start-command-skips-entrypoint",
  subject: "database",
  meta: {
    summary: "`command` starts the server itself, so the image's entrypoint never initializes the database.",
    rationale:
      "`command` replaces the image's ENTRYPOINT. The scripts of the official images make the data directory, the users and the database, and step down from root. `postgres` started directly refuses to run as root, and no server finds a data directory on an empty volume. An existing data directory hides the fault until the next restore or new environment.",
    remedy: "Move the words from `command` to `args`: the entrypoint gets them and starts the server with them.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/",
      "https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh",
    ],
    quietWhen:
      "the command is a script, an init container runs a database image, or the container tells the image to make nothing (none of its variables is set).",
  },
  check(database, { workspace, report }) {
    const { container, image, resource } = database;
    const family = serverImageOf(image)?.family;
    if (container === undefined || image === undefined || family === undefined) return;
    const program = programs[family];
    const [first] = container.argv;
    if (program === undefined || !container.overridesEntrypoint || !program.test(fileName(first?.value ?? ""))) return;
    const command = container.node.at("command");
    if (command === undefined || container.workload.containers.some(makesDataDirectory)) return;
    const requested = container.environment
      .written()
      .map(({ name }) => name)
      .filter((name) => own(requiredPasswords, family)?.oneOf.includes(name) === true);
    const [variable] = requested;
    const isRoot =
      family === "postgres" &&
      workspace.everything.resources.ofKind("Route").length === 0 &&
      userOfImage(image.name, image.tag) !== undefined &&
      securityField(container, "runAsUser") === undefined &&
      securityField(container, "runAsNonRoot")?.value !== true;
    if (variable === undefined) return;
    const effect = isRoot
      ? `${fileName(first?.value ?? "")} refuses to run as root`
      : `an empty volume stays empty, ${variable} is never read, and the server does not start`;
    report({
      message: `command of ${nameOf(resource)} starts ${serverName(database)} without the image's entrypoint: ${effect}.`,
      at: command,
      point: "key",
    });
  },
});

const programs: Readonly<Record<string, RegExp>> = {
  postgres: /^(postgres|postmaster)$/,
  mysql: /^mysqld(_safe)?$/,
  mariadb: /^(mariadbd|mysqld)(-safe|_safe)?$/,
};

/** An init container of a server's image, or of one that is filled in later, may do what the entrypoint would. */
function makesDataDirectory({ role, image }: Container): boolean {
  return role === "init" && (image === undefined || image.isTemplated || serverImageOf(image) !== undefined);
}
