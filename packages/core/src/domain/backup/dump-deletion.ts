import { type Command, commandsAfter, programOf } from "../../embedded/command.ts";
import { directoryPath, fileName } from "../../text/scan.ts";
import type { Backup } from "../model/backup.ts";
import { dumpDirectory, dumpTarget, expandedText } from "./dump-directory.ts";
import { uploadsOf } from "./uploads.ts";

/** Whether a command deletes every file named like a dump in its directory: `rm -rf /backup/*`, `rm /backup/*.sql.gz`. */
export function deletesAll(command: Command, directory: string, name: string): boolean {
  if (programOf(command) !== "rm") return false;
  return command.words.slice(1).some(({ raw }) => {
    const path = expandedText(raw, command);
    if (path === directory || path === `${directory}/`) return true;
    if (path.slice(0, path.lastIndexOf("/")) !== directory) return false;
    const [before = "", after, ...more] = fileName(path).split("*");
    return after !== undefined && more.length === 0 && name.startsWith(before) && name.endsWith(after);
  });
}

/** What neither copies a dump nor decides whether the next command runs. */
const harmless = /^(?:echo|printf|ls|du|stat|date|sleep|sync|test|\[|\[\[|true|set|wait|chmod|chown|pg_restore)$/;

/** The command that deletes a dump again in the run that took it, and nothing in view has carried it away before. */
export function deletionOfDump({ command, container, script }: Backup): Command | undefined {
  if (command === undefined || container === undefined || uploadsOf(container, command).length > 0) return undefined;
  // Another container may read it meanwhile.
  if (container.workload.containers.length > 1) return undefined;
  const directory = dumpDirectory(command);
  const path = dumpTarget(command)?.path;
  if (directory === undefined || path === undefined) return undefined;
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

function isInPipe(command: Command, other: Command): boolean {
  for (let each = command.feeds; each !== undefined; each = each.feeds) if (each === other) return true;
  return false;
}
