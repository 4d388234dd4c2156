import type { Command } from "../../embedded/command.ts";
import { directoryPath } from "../../text/scan.ts";

// pg_dump, mysqldump and mongodump name a file; mongodump, mydumper, pg_basebackup and xtrabackup a directory.
const fileFlag = /^(?:(?:--file|--result-file|--archive)=|-[fr](?=\/))(.+)$/;
const directoryFlag = /^(?:(?:--out|--outputdir|--pgdata|--target-dir)=|-[oD](?=\/))(.+)$/;
const fileWord = /^(-f|--file|-r|--result-file)$/;
const directoryWord = /^(-o|--out|--outputdir|-D|--pgdata|--target-dir)$/;

/** The directory a dump is written to: of the redirection at the end of its pipe, or of a flag. undefined: not known. */
export function dumpDirectory(command: Command): string | undefined {
  let last = command;
  while (last.feeds !== undefined) last = last.feeds;
  const bare = (raw: string): string => expand(raw.replaceAll(/["']/g, ""), command.variables);
  const words = command.words.map((word) => bare(word.raw));
  const flagged = (joined: RegExp, separate: RegExp): string | undefined =>
    words
      .map((word, index) => joined.exec(word)?.[1] ?? (separate.test(word) ? words[index + 1] : undefined))
      .find((path) => path?.startsWith("/") === true);
  const redirected = last.writesTo?.raw ?? command.writesTo?.raw;
  const file = redirected === undefined ? flagged(fileFlag, fileWord) : bare(redirected);
  const directory = file === undefined ? flagged(directoryFlag, directoryWord) : undefined;
  const path = file ?? directory;
  if (path?.startsWith("/") !== true) return undefined;
  const known = /^[^$`]*/.exec(path)?.[0] ?? "";
  // `/backups/shop-$(date).sql` lies in /backups, a directory without variables is itself the answer.
  const isWhole = directory !== undefined && known === path;
  return directoryPath(isWhole ? known : known.slice(0, known.lastIndexOf("/"))) || "/";
}

/** `$out` and `${out}` replaced by what the script assigned before; what it computes stays as it is. */
function expand(text: string, variables: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > 4) return text;
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
    const value = variables.get(braced ?? plain ?? "");
    return value === undefined ? whole : expand(value, variables, depth + 1);
  });
}
