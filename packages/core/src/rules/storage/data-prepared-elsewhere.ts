import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { type Command, programOf, type Word, writtenLine } from "../../embedded/command.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "data-prepared-elsewhere",
  subject: "database",
  meta: {
    summary: "An init container copies data or settings to a directory that the server does not read.",
    rationale:
      "The volume is mounted at `/var/lib/postgresql/data`, and PGDATA is a directory below it. What `pg_basebackup` or `cp` puts into the mount itself is not in PGDATA: the server finds an empty directory there, initializes a database of its own and uses its defaults. A replica made this way never follows anyone.",
    remedy: "Write to the server's own data directory: use the value of PGDATA in the init container too.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/docker-library/docs/blob/master/postgres/content.md#pgdata"],
    quietWhen:
      "either directory is not known, a command of the Pod moves or links files, or the server gets the file by its arguments.",
  },
  check(database, { report }) {
    const { workload, dataDirectory, resource, container } = database;
    const directory = dataDirectory?.path.value;
    const own = dataDirectory?.mount;
    if (workload === undefined || container === undefined || directory === undefined || own === undefined) return;
    if (hasPlaceholder(directory)) return;
    const served = placeOf(own, directory);
    // What is filled in later may name the file.
    if (served === undefined || container.argv.some(({ value }) => value === undefined || hasPlaceholder(value)))
      return;
    // Any of them may bring the files to where the server looks, also one that comes later.
    if (workload.containers.some(({ commands }) => commands.some(moves))) return;
    const found = workload.containers
      .filter(({ role, commandsAreComplete }) => role === "init" && commandsAreComplete)
      .flatMap((init) =>
        init.commands.flatMap((command) => {
          const target = targetOf(command, init, database);
          if (target === undefined || command.execIn !== undefined) return [];
          const mount = init.mountAt(target.path);
          const filled =
            mount === undefined || mount.volume?.name !== own.volume?.name ? undefined : placeOf(mount, target.path);
          // Only one above the other: two directories side by side may be two things.
          if (filled === undefined || !(isBelow(served, filled) || isBelow(filled, served))) return [];
          return container.argv.some((fact) => fact.value?.includes(target.path) === true) ? [] : [{ init, ...target }];
        }),
      );
    // A copy that is lost says more than a file that is not read.
    const first = found.find(({ what }) => what.effect === copy) ?? found[0];
    if (first === undefined) return;
    report({
      message: `${first.what.subject} of container ${first.init.name} fills ${first.path}, but ${serverName(database)} of ${nameOf(resource)} keeps its data in ${directory}: ${first.what.effect}.`,
      at: first.word,
      related: [
        { message: `the data directory is ${directory}`, at: dataDirectory?.path.at ?? own.node },
        ...found
          .filter((each) => each !== first)
          .slice(0, 4)
          .map(({ what, word }) => ({ message: `${what.subject} goes there too`, at: word })),
      ],
    });
  },
});

interface Target {
  readonly path: string;
  readonly what: { readonly subject: string; readonly effect: string };
  readonly word: Word;
}

const copy = "it finds nothing there and starts with an empty database of its own";

/** Where a command puts a copy of the data, or a file that the server looks for in its data directory. */
function targetOf(command: Command, container: Container, { engine }: Database): Target | undefined {
  const { words } = command;
  const program = programOf(command);
  if (engine === "postgresql" && program === "pg_basebackup")
    return ofOption(command, container, /^(?:-D|--pgdata)$/, /^(?:-D|--pgdata=)(.+)$/);
  if (engine === "mysql" || engine === "mariadb") {
    if (copiesFiles.test(program)) return ofOption(command, container, /^--target-dir$/, /^--target-dir=(.+)$/);
    if (/^(?:xb|mb)stream$/.test(program)) return ofOption(command, container, /^-C$/, /^-C(.+)$/);
    return undefined;
  }
  if (engine !== "postgresql" || !/^(?:cp|install|touch)$/.test(program)) return undefined;
  const last = words.at(-1);
  const text = last === undefined ? undefined : pathOf(last, command, container);
  const file =
    text === undefined ? null : /^(.+)\/(postgresql(?:\.auto)?\.conf|pg_hba\.conf|standby\.signal)$/.exec(text);
  if (last === undefined || file?.[1] === undefined) return undefined;
  const isStandby = file[2] === "standby.signal";
  return {
    path: file[1],
    word: last,
    what: {
      subject: `${program} ${file[2] ?? ""}`,
      effect: isStandby ? "it never becomes a standby" : "the file is not read, and its defaults apply",
    },
  };
}

function ofOption(command: Command, container: Container, option: RegExp, joined: RegExp): Target | undefined {
  const { words } = command;
  for (const [index, word] of words.entries()) {
    const text = word.text ?? word.raw;
    const next = words[index + 1];
    const attached = joined.exec(text)?.[1];
    const path =
      option.test(text) && next !== undefined
        ? pathOf(next, command, container)
        : attached === undefined
          ? undefined
          : expanded(attached, command, container);
    if (path !== undefined)
      return {
        path,
        word: option.test(text) && next !== undefined ? next : word,
        what: { subject: programOf(command), effect: copy },
      };
  }
  return undefined;
}

function pathOf(word: Word, command: Command, container: Container): string | undefined {
  return word.text ?? expanded(word.raw.replaceAll(/["']/g, ""), command, container);
}

/** A path with its variables; undefined where one is not known. */
function expanded(text: string, command: Command, { environment }: Container): string | undefined {
  let isKnown = true;
  const path = text.replaceAll(/\$\{?([A-Za-z_]\w*)\}?/g, (_, name: string) => {
    const value = command.variables.get(name) ?? environment.get(name)?.value;
    if (value === undefined) isKnown = false;
    return value ?? "";
  });
  return isKnown && path.startsWith("/") && !/[$`*?]/.test(path) && !hasPlaceholder(path)
    ? directoryPath(path)
    : undefined;
}

const copiesFiles = /^(?:xtrabackup|mariabackup|mariadb-backup|innobackupex)$/;

/** Moving and linking may bring the files to where the server looks. */
function moves(command: Command): boolean {
  const program = programOf(command);
  return (
    /^(?:mv|ln|rsync|tar)$/.test(program) ||
    /\bcp\s+-[a-zA-Z]*[rRa]/.test(writtenLine(command)) ||
    (copiesFiles.test(program) && command.words.some(({ raw }) => /^--(?:copy|move)-back$/.test(raw)))
  );
}

/** The directory inside the volume. */
function placeOf({ mountPath, subPath, node }: VolumeMount, path: string): string | undefined {
  if (node.at("subPathExpr") !== undefined || hasPlaceholder(subPath ?? "")) return undefined;
  const base = directoryPath(mountPath);
  if (path !== base && !path.startsWith(`${base}/`)) return undefined;
  return `${subPath ?? ""}/${path.slice(base.length)}`
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function isBelow(path: string, above: string): boolean {
  return above === "" ? path !== "" : path.startsWith(`${above}/`);
}
