import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import { type Command, programOf } from "../../embedded/command.ts";
import { parseShell } from "../../embedded/shell.ts";
import { absentPrograms, imagesWithoutClients } from "../../facts/absent-programs.ts";
import type { Container } from "../../kube/container.ts";
import { shortImage } from "../../kube/image.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "program-not-in-image",
  subject: "container",
  meta: {
    summary: "A script calls a program that the image does not have.",
    rationale:
      'The official server images hold the server and its own tools. The shell answers "command not found" (exit status 127) to anything else: the dump is made, and never leaves the Pod.',
    remedy: "Use an image that has both programs, or upload from a second container that shares the volume.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/docker-library/postgres", "https://github.com/docker-library/mysql"],
    quietWhen:
      "the image is one of your own, the script installs or copies something or sets PATH before, it asks whether the program is there, or a directory of programs is mounted.",
  },
  check(container, { report, workspace }) {
    const { image, workload, commands } = container;
    if (image === undefined || image.isTemplated || !imagesWithoutClients.test(image.name)) return;
    if (image.registry !== undefined && image.registry !== "docker.io") return;
    const database = workspace.topology.databaseOf(workload);
    const archiving = database?.container === container ? archiveCommand(database) : undefined;
    if (archiving !== undefined && !mayHaveIt(archiving.command, container, commands))
      report({
        message: `${shortImage(image)} has no ${programOf(archiving.command)}: each archive_command of ${nameOf(workload.resource)} fails (127). No WAL is archived, and it fills the volume until the server stops.`,
        at: archiving.at,
      });
    for (const [index, command] of commands.entries()) {
      const [word] = command.words;
      const program = word?.text ?? "";
      if (word === undefined || !absentPrograms.has(program) || command.execIn !== undefined) continue;
      if (mayHaveIt(command, container, commands.slice(0, index))) return;
      const effect =
        command.shell === undefined
          ? `${nameOf(workload.resource)} cannot start it`
          : `in ${nameOf(workload.resource)} the shell answers "command not found" (127)${command.isConditional ? " when it gets there" : " each time"}`;
      report({
        message: `${shortImage(image)} has no ${program}: ${effect}.`,
        at: word,
        ...(command.isConditional ? { severity: "warning" as const } : {}),
      });
      return;
    }
  },
});

/** The program that copies WAL where archiving is on, if no official image has it. */
function archiveCommand({ engine, settings }: Database): { readonly command: Command; readonly at: Place } | undefined {
  const mode = settings.get("archive_mode")?.value;
  const setting = settings.get("archive_command");
  if (engine !== "postgresql" || setting?.value === undefined || (mode !== "on" && mode !== "always")) return undefined;
  const { at } = setting;
  const commands = parseShell(setting.value, { program: "sh", errexit: false, pipefail: false }, () => at);
  const command = commands.find((each) => absentPrograms.has(programOf(each)));
  return command && { command, at };
}

/** Programs that may put another one in place. */
const installers =
  /^(?:apt-get|apt|apk|yum|dnf|microdnf|pip3?|npm|curl|wget|tar|unzip|cp|install|ln|source|\.|eval|alias|sudo)$/;

function mayHaveIt(called: Command, { commands, environment, mounts }: Container, before: readonly Command[]): boolean {
  const program = called.words[0]?.text ?? "";
  return (
    before.some((command) => installers.test(programOf(command))) ||
    called.variables.has("PATH") ||
    called.assignments.some(({ raw }) => raw.startsWith("PATH=")) ||
    commands.some(
      ({ words, declaredIn }) =>
        declaredIn === program ||
        (/^(?:command|which|type|hash|test|\[)$/.test(words[0]?.text ?? "") &&
          words.slice(1).some(({ raw }) => raw.includes(program))),
    ) ||
    environment.get("PATH") !== undefined ||
    mounts.some(({ mountPath }) => hasPlaceholder(mountPath) || /\b(?:s?bin|tools|opt)\b/.test(mountPath))
  );
}
