import { type Command, programOf, type Word } from "../embedded/command.ts";
import { withoutBetween } from "../text/scan.ts";
import type { Span } from "../text/span.ts";
import type { Place } from "../yaml/node.ts";
import { partOf } from "../yaml/part-of.ts";
import type { Container } from "./container.ts";

/** SQL that a command hands to psql, mysql or mariadb. */
export interface GivenSql {
  readonly sql: string;
  /** argument: `-c`, `-e`. script: a file in view, standard input, a here-document. */
  readonly by: "argument" | "script";
  /** The word that names it, or the text itself. */
  readonly at: Place;
  /** The place of a part of `sql`; of the whole where it is not known better. */
  inside(part: Span): Place;
}

const clients = /^(?:psql|mysql|mariadb)$/;

/** The SQL of a command, as far as it is in view: by word, by file, by here-document, or through a pipe. */
export function sqlGivenTo(command: Command, container: Container): readonly GivenSql[] {
  const { words, readsFrom, input } = command;
  const program = programOf(command);
  if (!clients.test(program)) return [];
  const isPsql = program === "psql";
  const [argument, file] = isPsql ? [/^(?:-c|--command)$/, /^(?:-f|--file)$/] : [/^(?:-e|--execute)$/, undefined];
  const joined = isPsql ? /^(?:-c|--command=)(.+)$/s : /^--execute=(.+)$/s;
  const found: GivenSql[] = [];
  const add = (given: GivenSql | undefined): void => {
    if (given !== undefined) found.push(given);
  };
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    const attached = joined.exec(word.text ?? word.raw)?.[1];
    if (next !== undefined && argument?.test(word.text ?? "") === true) add(ofWord(next));
    else if (attached !== undefined) add(ofWord(word, attached));
    else if (next !== undefined && file?.test(word.text ?? "") === true) add(ofFile(next, container));
    else add(word.text?.startsWith("--file=") === true ? ofFile(word, container, word.text.slice(7)) : undefined);
  }
  if (input !== undefined) add({ sql: input.text, by: "script", at: input, inside: (part) => input.inside(part) });
  if (readsFrom !== undefined) add(ofFile(readsFrom, container));
  for (const each of container.commands) if (each.feeds === command) add(pipedBy(each, container));
  return found;
}

/** `cat <<END | psql`, `echo "…" | psql`, `envsubst < /sql/1.sql | psql`. */
function pipedBy({ words, readsFrom, input }: Command, container: Container): GivenSql | undefined {
  const [program, ...rest] = words;
  if (!/^(?:cat|envsubst|sed|echo|printf)$/.test(program?.text ?? "")) return undefined;
  if (input !== undefined) return { sql: input.text, by: "script", at: input, inside: (part) => input.inside(part) };
  if (readsFrom !== undefined) return ofFile(readsFrom, container);
  const last = rest.at(-1);
  if (last === undefined) return undefined;
  if (program?.text === "cat") return ofFile(last, container);
  const said = ofWord(last);
  return /^(?:echo|printf)$/.test(program?.text ?? "") ? { ...said, by: "script" } : undefined;
}

function ofWord(word: Word, sql: string = word.text ?? word.raw): GivenSql {
  return { sql, by: "argument", at: word, inside: () => word };
}

function ofFile(word: Word, container: Container, path = word.text): GivenSql | undefined {
  const content = path === undefined ? undefined : container.fileAt(path);
  if (content?.value === undefined) return undefined;
  const { at, value } = content;
  return { sql: value, by: "script", at: word, inside: (part) => partOf(at, value, part) };
}

/** Without comments, and without psql's own commands (`\set`, `\connect`), which end with their line. */
export function bareSql(sql: string): string {
  return withoutBetween(sql.replace(/--[^\n]*/g, "").replace(/^\\[^\n]*/gm, ""), "/*", "*/");
}
