import { type Command, commandsAfter, programOf, type Word } from "../../embedded/command.ts";
import { own } from "../../text/own.ts";
import { directoryPath, fileName } from "../../text/scan.ts";

// pg_dump, mysqldump and mongodump name a file; mongodump, mydumper, pg_basebackup, pg_receivewal and xtrabackup a directory.
const fileFlag = /^(?:(?:--file|--result-file|--archive)=|-[fr](?=\/))(.+)$/;
const directoryFlag = /^(?:(?:--out|--outputdir|--pgdata|--directory|--target-dir)=|-[oD](?=\/))(.+)$/;
const fileWord = /^(-f|--file|-r|--result-file)$/;
/** Their `-f` is `--force`. */
const mysqlFileWord = /^(-r|--result-file)$/;
const directoryWord = /^(-o|--out|--outputdir|-D|--pgdata|--directory|--target-dir)$/;
/** A file for each table; `--dir` is MariaDB's from 11.6 on. https://mariadb.com/docs/server/clients-and-utilities/backup-restore-and-import-clients/mariadb-dump */
const mysqlDirectoryFlag = /^(?:(?:--tab|--dir)=|-T(?=\/))(.+)$/;
const mysqlDirectoryWord = /^(-T|--tab|--dir)$/;

export interface DumpTarget {
  /** As far as it is written there, variables of the script put in. */
  readonly path: string;
  readonly isDirectory: boolean;
  readonly at: Word;
}

/** Where a dump is written: the redirection at the end of its pipe, or a flag. */
export function dumpTarget(command: Command): DumpTarget | undefined {
  const redirected = endOfPipe(command).writesTo ?? command.writesTo;
  if (redirected !== undefined)
    return { path: expandedText(redirected.raw, command), isDirectory: false, at: redirected };
  // A file that it names is in the other Pod.
  return command.execIn === undefined ? namedTarget(command) : undefined;
}

/** The file or directory that a flag names. */
export function namedTarget(command: Command): DumpTarget | undefined {
  const words = command.words.map((word) => expandedText(word.raw, command));
  const flagged = (joined: RegExp, separate: RegExp, isDirectory: boolean): DumpTarget | undefined => {
    for (const [index, word] of words.entries()) {
      const attached = joined.exec(word)?.[1];
      const path = attached ?? (separate.test(word) ? words[index + 1] : undefined);
      const at = command.words[attached === undefined ? index + 1 : index];
      if (path !== undefined && at !== undefined) return { path, isDirectory, at };
    }
    return undefined;
  };
  const isMysql = /(?:^|\/)(?:mysqldump|mariadb-dump|mysqlpump)$/.test(words[0] ?? "");
  return (
    flagged(fileFlag, isMysql ? mysqlFileWord : fileWord, writesDirectory(words)) ??
    flagged(isMysql ? mysqlDirectoryFlag : directoryFlag, isMysql ? mysqlDirectoryWord : directoryWord, true)
  );
}

/** `pg_dump -Fd`: its `-f` names a directory, which it does not overwrite. */
function writesDirectory(words: readonly string[]): boolean {
  if (fileName(words[0] ?? "") !== "pg_dump") return false;
  return words.some((word, index) =>
    /^(?:-F|--format)$/.test(word)
      ? (words[index + 1] ?? "").startsWith("d")
      : word.startsWith("-Fd") || word.startsWith("--format=d"),
  );
}

const packers: Readonly<Record<string, string>> = { gzip: ".gz", pigz: ".gz", bzip2: ".bz2", xz: ".xz", zstd: ".zst" };

/** Where a dump is in the end: what its script packs, moves or copies it to. */
export function finalTarget(command: Command, script: readonly Command[]): DumpTarget | undefined {
  let target = dumpTarget(command);
  if (target === undefined || target.isDirectory) return target;
  for (const each of commandsAfter(script, command)) {
    const words = each.words.slice(1).map((word) => expandedText(word.raw, each));
    const path: string = target.path;
    if (!words.includes(path)) continue;
    const program = programOf(each);
    const at: Word = each.words[0] ?? target.at;
    const to = words.at(-1) ?? "";
    if (own(packers, program) !== undefined && !words.includes("-c"))
      target = { path: `${path}${packers[program]}`, isDirectory: false, at };
    else if (/^(?:mv|cp)$/.test(program) && to !== path)
      target = { path: isFolder(to, path) ? `${to.replace(/\/$/, "")}/${fileName(path)}` : to, isDirectory: false, at };
  }
  return target;
}

/** `mv /tmp/orders.dump /backups`: a name without an ending where the file has one. */
function isFolder(to: string, path: string): boolean {
  return to.endsWith("/") || (fileName(path).includes(".") && !fileName(to).includes("."));
}

/** The directory a dump is written to. undefined: not known. */
export function dumpDirectory(command: Command, target = dumpTarget(command)): string | undefined {
  if (target?.path.startsWith("/") !== true) return undefined;
  const known = /^[^$`]*/.exec(target.path)?.[0] ?? "";
  // `/backups/shop-$(date).sql` lies in /backups, a directory without variables is itself the answer.
  const isWhole = target.isDirectory && known === target.path;
  return directoryPath(isWhole ? known : known.slice(0, known.lastIndexOf("/"))) || "/";
}

/** The last command of the pipe in which a command stands. */
export function endOfPipe(command: Command): Command {
  let last = command;
  while (last.feeds !== undefined) last = last.feeds;
  return last;
}

/** A word without quotes, `$out` and `${out}` replaced by what the script assigned before; what it computes stays as it is. */
export function expandedText(raw: string, { variables }: Pick<Command, "variables">): string {
  return expand(raw.replaceAll(/["']/g, ""), variables);
}

function expand(text: string, variables: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > 4) return text;
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
    const value = variables.get(braced ?? plain ?? "");
    return value === undefined ? whole : expand(value, variables, depth + 1);
  });
}
