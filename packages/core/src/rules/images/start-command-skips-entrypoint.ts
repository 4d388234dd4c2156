import { serverImageOf } from "../../domain/database/server-container.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { type Command, programOf } from "../../embedded/command.ts";
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
      "the command is a script that starts nothing as root, an init container runs a database image, or a server that is not root tells the image to make nothing (none of its variables is set).",
  },
  check(database, { workspace, report }) {
    const { container, image, resource } = database;
    const family = serverImageOf(image)?.family;
    if (container === undefined || image === undefined || family === undefined) return;
    const started = family === "postgres" && runsAsRoot(container, workspace) ? startedByScript(container) : undefined;
    if (started !== undefined) {
      const program = programOf(started);
      report({
        message: `The script of ${nameOf(resource)} starts ${program} as root, without the image's entrypoint: ${program === "patroni" ? "the postgres that Patroni starts refuses" : `${program} refuses`} to run as root.`,
        at: started.words[0] ?? started,
        remedy:
          "Let the script end with `exec docker-entrypoint.sh postgres`, which steps down from root, or set `runAsUser` to the image's postgres user.",
      });
      return;
    }
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
    const isRoot = family === "postgres" && runsAsRoot(container, workspace);
    const effect = isRoot
      ? `${fileName(first?.value ?? "")} refuses to run as root`
      : variable === undefined
        ? undefined
        : `an empty volume stays empty, ${variable} is never read, and the server does not start`;
    if (effect === undefined) return;
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

/** The image starts as root, and nothing says otherwise; OpenShift runs it as a user. */
function runsAsRoot(container: Container, { everything }: Workspace): boolean {
  const { image } = container;
  return (
    everything.resources.ofKind("Route").length === 0 &&
    image !== undefined &&
    userOfImage(image.name, image.tag) !== undefined &&
    securityField(container, "runAsUser") === undefined &&
    securityField(container, "runAsNonRoot")?.value !== true
  );
}

/** The server, as a script starts it itself: through no `gosu`, `su-exec`, `su` or `setpriv`. */
function startedByScript({ commands, commandsAreComplete, overridesEntrypoint }: Container): Command | undefined {
  if (!overridesEntrypoint || !commandsAreComplete) return undefined;
  if (commands.some((command) => /^(?:su|gosu|su-exec|setpriv|runuser|chroot|sudo)$/.test(programOf(command))))
    return undefined;
  return commands.find(
    (command) =>
      command.shell !== undefined &&
      command.execIn === undefined &&
      command.unreached === undefined &&
      !command.isConditional &&
      /^(?:postgres|postmaster|patroni)$/.test(programOf(command)) &&
      !command.words.some(({ text }) => /^--?(?:version|help|V|C|describe-config)$/.test(text ?? "")),
  );
}

/** An init container of a server's image, or of one that is filled in later, may do what the entrypoint would. */
function makesDataDirectory({ role, image }: Container): boolean {
  return role === "init" && (image === undefined || image.isTemplated || serverImageOf(image) !== undefined);
}
