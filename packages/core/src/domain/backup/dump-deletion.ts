import { type Command, commandsAfter, programOf } from "../../embedded/command.ts";
import { directoryPath, fileName } from "../../text/scan.ts";
import type { Backup } from "../model/backup.ts";
import { dumpDirectory, dumpTarget, expandedText } from "./dump-directory.ts";
import { uploadsOf } from "./uploads.ts";

/** Whether a command deletes every file named like a dump in its directory: `rm -rf /backup/*`, `rm /backup/*.sql.gz`. */
export function deletesAll(command: Command, directory: string, name: string): boolean {
  const words = command.words.slice(1).map(({ raw }) => expandedText(raw, command));
  if (programOf(command) === "find") return findsEverything(words, directory);
  return programOf(command) === "rm" && areRemoved(words, directory, name);
}

/** Whether the words behind `rm` name every such file, or the directory itself. */
function areRemoved(words: readonly string[], directory: string, name: string): boolean {
  return words.some((path) => {
    if (path === directory || path === `${directory}/`) return true;
    if (path.slice(0, path.lastIndexOf("/")) !== directory) return false;
    const [before = "", after, ...more] = fileName(path).split("*");
    return after !== undefined && more.length === 0 && name.startsWith(before) && name.endsWith(after);
  });
}

/** `find /backup -type f -delete`: without an age or a name it takes what was written a moment ago. */
function findsEverything([from, ...tests]: readonly string[], directory: string): boolean {
  if (from?.replace(/\/$/, "") !== directory || !tests.includes("-delete")) return false;
  return tests.every(
    (word, index) =>
      /^-(?:delete|type|maxdepth|mindepth|depth)$/.test(word) ||
      /^-(?:type|maxdepth|mindepth)$/.test(tests[index - 1] ?? ""),
  );
}

/** `trap 'rm -f "$out"' EXIT`: the words of a command that runs when the script ends. */
function wordsAtExit(command: Command): readonly string[] {
  const [program, action, ...signals] = command.words;
  if (program?.text !== "trap" || action === undefined || !signals.some(({ text }) => text === "EXIT" || text === "0"))
    return [];
  const written = action.raw.replace(/^["']|["']$/g, "");
  if (!/^rm\s/.test(written) || /[;&|]/.test(written)) return [];
  return written.split(/\s+/).map((word) => expandedText(word.replace(/^["']|["']$/g, ""), command));
}

/** What neither copies a dump nor decides whether the next command runs. */
const harmless = /^(?:cd|echo|printf|ls|du|stat|date|sleep|sync|test|\[|\[\[|true|set|wait|chmod|chown|pg_restore)$/;

/** The command that deletes a dump again in the run that took it, and nothing in view has carried it away before. */
export function deletionOfDump({ command, container, script }: Backup): Command | undefined {
  if (command === undefined || container === undefined || uploadsOf(container, command).length > 0) return undefined;
  // Another container may read it meanwhile.
  if (container.workload.containers.length > 1) return undefined;
  const directory = dumpDirectory(command);
  const path = dumpTarget(command)?.path;
  if (directory === undefined || path === undefined) return undefined;
  const atExit = script.find((each) => {
    const words = wordsAtExit(each);
    return words.includes(path) || areRemoved(words, directoryPath(directory), fileName(path));
  });
  if (atExit !== undefined && !atExit.isConditional && !script.some(carriesAway)) return atExit;
  for (const each of commandsAfter(script, command)) {
    if (isInPipe(command, each)) continue;
    const isDeletion =
      deletesAll(each, directoryPath(directory), fileName(path)) ||
      (programOf(each) === "rm" && each.words.slice(1).some(({ raw }) => expandedText(raw, each) === path));
    if (isDeletion) return each.isConditional ? undefined : each;
    if (each.words.length > 0 && !harmless.test(programOf(each))) return undefined;
  }
  return undefined;
}

/** Programs that may take a dump elsewhere before the script ends. */
function carriesAway(command: Command): boolean {
  const program = programOf(command);
  return (
    command.words.length > 0 &&
    !harmless.test(program) &&
    !/^(?:trap|rm|mkdir|pg_dump|pg_dumpall|mysqldump|mariadb-dump|mongodump|gzip)$/.test(program)
  );
}

function isInPipe(command: Command, other: Command): boolean {
  for (let each = command.feeds; each !== undefined; each = each.feeds) if (each === other) return true;
  return false;
}
