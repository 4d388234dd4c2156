import { type Command, programOf } from "../../embedded/command.ts";
import { own } from "../../text/own.ts";
import type { DumpContent } from "../model/backup-terms.ts";
import { endOfPipe } from "./dump-directory.ts";

/** Options of a dump program that say what it takes; short ones by their letter. */
interface DumpOptions {
  /** Letters that are followed by a value. */
  readonly valued: string;
  /** Long options that are followed by a value where they have no `=`. */
  readonly valuedWords: readonly string[];
  /** Short letters by the long option that they mean. */
  readonly letters: Readonly<Record<string, string>>;
  /** Options with which no data is taken. */
  readonly dataless: readonly string[];
  /** Options that take only what they name. */
  readonly only: Readonly<Record<string, string>>;
  /** Options that take only what a condition selects. */
  readonly conditions: Readonly<Record<string, string>>;
  /** Options that leave out what they name. */
  readonly without: Readonly<Record<string, string>>;
}

const rowsOf = "rows of";

const mysql: DumpOptions = {
  valued: "hPuSrwTO",
  valuedWords: ["--socket", "--where", "--tab", "--ignore-table", "--ignore-table-data", "--default-character-set"],
  letters: {
    d: "--no-data",
    r: "--result-file",
    w: "--where",
    B: "--databases",
    T: "--tab",
    V: "--version",
    "?": "--help",
  },
  dataless: ["--no-data", "--skip-dump-rows"],
  only: {},
  conditions: { "--where": "rows that match --where" },
  without: { "--ignore-table": "table", "--ignore-table-data": rowsOf },
};

/** Of those that copy files: https://mariadb.com/docs/server/server-usage/backup-and-restore/mariadb-backup/mariadb-backup-options (2026-11). */
const mysqlFiles: DumpOptions = {
  valued: "uphHPS",
  valuedWords: [],
  letters: { "?": "--help", v: "--version" },
  dataless: [],
  only: { "--databases": "database", "--tables": "table" },
  conditions: {},
  without: { "--databases-exclude": "database", "--tables-exclude": "table" },
};

/**
 * https://www.postgresql.org/docs/current/app-pgdump.html, https://www.postgresql.org/docs/current/app-pg-dumpall.html,
 * https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html, https://www.mongodb.com/docs/database-tools/mongodump/
 */
const programs: Readonly<Record<string, DumpOptions>> = {
  pg_dump: {
    valued: "dEefFhjnNpSTtUZ",
    valuedWords: ["--table", "--exclude-table", "--exclude-table-data", "--exclude-schema", "--section"],
    letters: {
      f: "--file",
      s: "--schema-only",
      t: "--table",
      N: "--exclude-schema",
      T: "--exclude-table",
      V: "--version",
      "?": "--help",
    },
    dataless: ["--schema-only", "--no-data", "--statistics-only"],
    only: { "--table": "table" },
    conditions: {},
    without: { "--exclude-table": "table", "--exclude-table-data": rowsOf, "--exclude-schema": "schema" },
  },
  pg_dumpall: {
    valued: "dEfhlpSU",
    valuedWords: ["--exclude-database"],
    letters: {
      f: "--file",
      s: "--schema-only",
      g: "--globals-only",
      r: "--roles-only",
      t: "--tablespaces-only",
      V: "--version",
      "?": "--help",
    },
    dataless: [
      "--schema-only",
      "--globals-only",
      "--roles-only",
      "--tablespaces-only",
      "--no-data",
      "--statistics-only",
    ],
    only: {},
    conditions: {},
    without: {},
  },
  mysqldump: mysql,
  "mariadb-dump": mysql,
  mysqlpump: mysql,
  "mariadb-backup": mysqlFiles,
  mariabackup: mysqlFiles,
  xtrabackup: mysqlFiles,
  mydumper: {
    valued: "",
    valuedWords: [],
    letters: { V: "--version" },
    dataless: ["--no-data"],
    only: {},
    conditions: {},
    without: {},
  },
  mongodump: {
    valued: "hupdcqo",
    valuedWords: ["--collection", "--query", "--excludeCollection"],
    letters: { c: "--collection", q: "--query" },
    dataless: [],
    only: { "--collection": "collection" },
    conditions: { "--query": "documents that match --query" },
    without: { "--excludeCollection": "collection" },
  },
};

/** Databases of MySQL that hold no data of an application. */
const systemSchemas: ReadonlySet<string> = new Set(["mysql", "sys", "information_schema", "performance_schema"]);

/** Whether a command of a dump program only prints its help or version. */
export function isQuestion(command: Command): boolean {
  const read = readOptions(command);
  return read !== undefined && (read.options.has("--help") || read.options.has("--version"));
}

/** What a dump command takes, by its options; what an option names only when it runs is not told. */
export function dumpContent(command: Command): DumpContent {
  if (command.unreached !== undefined)
    return { kind: "none", because: `${programOf(command)} never runs: ${command.unreached}` };
  const read = readOptions(command);
  if (read === undefined) return { kind: "whole" };
  const { options, operands, of } = read;
  const program = programOf(command);
  const dataless = of.dataless.find((name) => options.has(name));
  if (dataless !== undefined) return { kind: "none", because: `${program} ${dataless} takes no data` };
  const sections = options.get("--section") ?? [];
  if (sections.length > 0 && sections.every((each) => each === "pre-data" || each === "post-data"))
    return { kind: "none", because: `${program} --section=${sections.join(", ")} takes no data` };
  if (of === mysql) {
    const schemas = options.has("--databases") ? operands : operands.slice(0, 1);
    if (schemas.length > 0 && schemas.every((each) => each !== undefined && systemSchemas.has(each)))
      return { kind: "none", because: `${program} takes only ${schemas.join(", ")}, not the data of an application` };
  }
  if (isThrownAway(command, program, options)) return { kind: "none", because: "its output goes to /dev/null" };
  const what = partOf(read);
  return what === undefined ? { kind: "whole" } : { kind: "partial", what };
}

/** `table orders only`: options that take one part say more than those that leave one out. */
function partOf({ options, operands, of }: ReadOptions): string | undefined {
  const named = (kinds: Readonly<Record<string, string>>): string | undefined => {
    const parts = Object.entries(kinds).flatMap(([option, word]) => {
      const values = options.get(option) ?? [];
      return values.length === 0 || values.includes(undefined)
        ? []
        : [`${word}${values.length > 1 && word !== rowsOf ? "s" : ""} ${values.join(", ")}`];
    });
    return parts.length === 0 ? undefined : parts.join(" and ");
  };
  const tables = of === mysql && !options.has("--databases") && !operands.includes(undefined) ? operands.slice(1) : [];
  const only =
    Object.entries(of.conditions).find(([option]) => options.has(option))?.[1] ??
    (tables.length > 0 ? `table${tables.length > 1 ? "s" : ""} ${tables.join(", ")}` : named(of.only));
  if (only !== undefined) return `${only} only`;
  const without = named(of.without);
  return without === undefined ? undefined : `all except ${without}`;
}

/** What only squeezes or seals what comes in: where it writes is where the dump goes. */
const filters = /^(?:cat|gzip|pigz|zstd|xz|bzip2|lz4|gpg|openssl|age)$/;
const outputOptions = ["--file", "--result-file", "--tab", "--outputdir"];

/** `pg_dump shop > /dev/null`: it reads everything, and keeps nothing. */
function isThrownAway(command: Command, program: string, options: ReadOptions["options"]): boolean {
  const nowhere = "/dev/null";
  const outputs = outputOptions.flatMap((name) => options.get(name) ?? []);
  if (outputs.length > 0) return outputs.every((each) => each === nowhere);
  if (program === "mydumper" || (program === "mongodump" && !command.words.some(({ raw }) => raw === "--archive")))
    return false;
  for (let each: Command | undefined = command.feeds; each !== undefined; each = each.feeds)
    if (!filters.test(programOf(each)) || each.words.some(({ raw }) => /^(?:-o|--output|-out)/.test(raw))) return false;
  return endOfPipe(command).writesTo?.text === nowhere;
}

interface ReadOptions {
  readonly of: DumpOptions;
  /** Values by long option; undefined: known only when it runs. */
  readonly options: ReadonlyMap<string, readonly (string | undefined)[]>;
  readonly operands: readonly (string | undefined)[];
}

/** The words of a dump command as its program reads them. undefined: it is no dump program. */
function readOptions(command: Command): ReadOptions | undefined {
  const of = own(programs, programOf(command));
  if (of === undefined) return undefined;
  const options = new Map<string, (string | undefined)[]>();
  const operands: (string | undefined)[] = [];
  const add = (name: string, value: string | undefined): void => {
    options.set(name, [...(options.get(name) ?? []), value]);
  };
  const words = command.words.slice(1);
  for (let index = 0; index < words.length; index++) {
    const { text, raw } = words[index] ?? { text: undefined, raw: "" };
    const written = text ?? raw.replaceAll(/["']/g, "");
    if (written.startsWith("--")) {
      const equals = written.indexOf("=");
      const name = equals < 0 ? written : written.slice(0, equals);
      if (equals >= 0) add(name, text?.slice(equals + 1));
      else if (takesValue(name, of)) add(name, words[++index]?.text);
      else add(name, undefined);
    } else if (written.startsWith("-") && written.length > 1) {
      for (let at = 1; at < written.length; at++) {
        const letter = written[at] ?? "";
        const name = own(of.letters, letter) ?? `-${letter}`;
        if (!of.valued.includes(letter)) {
          add(name, undefined);
          // mysqldump's password is written behind its letter.
          if (letter === "p") break;
          continue;
        }
        add(name, at + 1 < written.length ? text?.slice(at + 1) : words[++index]?.text);
        break;
      }
    } else operands.push(maySetOption(words[index - 1]) ? undefined : text);
  }
  return { of, options, operands };
}

/** Long options that never have a value behind them, as far as scripts write them. */
const flags =
  /^--(?:(?:skip|add|no|disable|all)-[a-z-]+|single-transaction|quick|routines|triggers|events|opt|databases|compress|compact|force|hex-blob|complete-insert|extended-insert|lock-tables|lock-all-tables|flush-logs|verbose)$/;

/** Whether the word before an operand is a long option that may take the operand as its value. */
function maySetOption(before: Command["words"][number] | undefined): boolean {
  const text = before?.text ?? "";
  return text.startsWith("--") && !text.includes("=") && !flags.test(text);
}

const valuedEverywhere: ReadonlySet<string> = new Set([
  "--file",
  "--result-file",
  "--host",
  "--port",
  "--username",
  "--user",
  "--dbname",
  "--db",
]);

function takesValue(name: string, { valuedWords }: DumpOptions): boolean {
  return valuedEverywhere.has(name) || valuedWords.includes(name);
}
