import { type Command, commandsAfter, programOf, writtenLine } from "../../embedded/command.ts";
import { uploadMarkers } from "../../facts/backup-tools.ts";
import { fileName, isAnyIn } from "../../text/scan.ts";
import { dumpTarget, endOfPipe, expandedText } from "./dump-directory.ts";

/** Programs that read an archive through and fail on a broken one. */
const readers =
  /^(?:(?:gzip|gunzip|pigz|zstd|xz|bzip2|lz4|7z) (?:-\S+ )*-?(?:\w*t\w*\b|-test)|pg_restore (?:-\w*l|--list)|(?:zcat|gzcat|unzip) )/;
/** Questions about a file that a condition asks. */
const questions = /\b(?:du|stat|wc|ls) -|\bfind |\btail |\bgrep |\bhead /;
const hasContent = /(?:^| )-s /;
/** What they write is whole and not empty, also when nothing or only half came in: `false | gzip | gzip -t` succeeds. */
const closers = /^(?:gzip|pigz|zstd|xz|bzip2|lz4|gpg|openssl|age)$/;

/**
 * Whether a script looks at a dump after it was made: it reads the archive through, or decides something by its size or content.
 * `du` in an echo decides nothing; a test of another file, whose name is known, is none of the dump. Behind a pipe into gzip a whole
 * archive shows only that gzip ended well.
 */
export function isDumpChecked(script: readonly Command[], command: Command): boolean {
  const target = dumpTarget(command)?.path;
  const isClosed = command.feeds !== undefined && closers.test(programOf(endOfPipe(command)));
  return commandsAfter(script, command).some((each) => {
    const line = expandedText(writtenLine(each), each);
    const program = programOf(each);
    const reads = readers.test(`${program}${line.slice(line.indexOf(" "))}`);
    const asks = questions.test(line) || (!isClosed && hasContent.test(line));
    const isCheck =
      (reads && (!isClosed || program === "pg_restore" || each.feeds !== undefined)) ||
      (decides(each, program) && asks);
    return isCheck && !isAboutAnother(each, target);
  });
}

/** Whether a script ends itself after a dump, by a condition that is not the upload of the archive. */
export function endsAfterDump(script: readonly Command[], command: Command): boolean {
  const after = commandsAfter(script, command);
  return after.some((each, index) => {
    if (!each.isConditional || !/^(?:exit|return) +[1-9]/.test(writtenLine(each))) return false;
    const condition = after.slice(0, index).findLast(({ isCondition }) => isCondition);
    return condition === undefined || !isAnyIn(writtenLine(condition), uploadMarkers);
  });
}

/** A test, or the condition of an `if`. */
function decides({ isCondition }: Command, program: string): boolean {
  return isCondition || /^(?:\[\[?|test)$/.test(program) || program.startsWith("((");
}

/** Every file that the command names is known, and none of them is the dump. */
function isAboutAnother(command: Command, target: string | undefined): boolean {
  if (target === undefined) return false;
  const files = command.words
    .slice(1)
    .map(({ raw }) => expandedText(raw, command))
    .filter((word) => word.includes("/"));
  return (
    files.length > 0 &&
    files.every((file) => !/[$*?`]/.test(file) && fileName(file) !== fileName(target) && !target.startsWith(`${file}/`))
  );
}
