import { loginRules } from "../../domain/database/login-rules.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import { type Command, programOf, writtenLine } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import { own } from "../../text/own.ts";

export default defineRule({
  id: "dump-without-password",
  subject: "backup",
  meta: {
    summary: "A dump logs in to a server that asks for a password, and nothing gives it one.",
    rationale:
      "The official images ask everyone who connects over the network for the password that the server got. A dump program that has none asks for it, finds no terminal and exits: every run fails, or leaves an empty file.",
    remedy:
      "Set the client's variable from the same Secret: PGPASSWORD for pg_dump, MYSQL_PWD for mysqldump. The server's POSTGRES_PASSWORD or MYSQL_ROOT_PASSWORD is not read by them.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/libpq-envars.html",
      "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
    ],
    quietWhen:
      "part of the environment or of the scripts is not in view, a file of passwords may be mounted, a URL may hold the password, PostgreSQL is in the same Pod, the server's own rules of access are written down, or the dump goes through a pooler.",
  },
  check(backup, { report }) {
    const { command, container, hosts } = backup;
    if (command === undefined || container === undefined || command.execIn !== undefined) return;
    const program = programOf(command);
    const login = own(logins, program);
    if (login === undefined || !container.environment.isComplete || !container.commandsAreComplete) return;
    const servers = hosts.flatMap(({ reaches }) => (reaches.state === "database" ? [reaches.database] : []));
    const [server] = servers;
    if (server === undefined || servers.length < hosts.length || !servers.every((each) => asksForPassword(each)))
      return;
    if (server.engine === "postgresql" && hosts.some(({ host }) => isOwnPod.test(host))) return;
    if (givesPassword(command, container, login)) return;
    const password = server.container?.environment.written().find(({ name }) => serverPassword.test(name));
    report({
      message: `${program} of ${nameOf(backup.resource)} has no password for ${nameOf(server.resource)}: ${login.variable} is not set, so every run ends with "${login.error}".`,
      at: command.words[0] ?? command,
      related:
        password === undefined ? [] : [{ message: `the server asks for ${password.name}`, at: password.value.at }],
    });
  },
});

interface Login {
  readonly variable: string;
  readonly error: string;
  /** Variables from which the program or its library takes a password, or a file that has it. */
  readonly variables: RegExp;
  /** Words that give one. */
  readonly words: RegExp;
}

const postgres: Login = {
  variable: "PGPASSWORD",
  error: "fe_sendauth: no password supplied",
  variables: /^PG(?:PASSWORD|PASSFILE|SERVICE|SERVICEFILE|SSLCERT)$/,
  words: /\bpass(?:word|file)=|\bservice=|\bsslcert=|:\/\//i,
};

const mysql: Login = {
  variable: "MYSQL_PWD",
  error: "Access denied (using password: NO)",
  variables: /^(?:MYSQL_PWD|MYSQL_TEST_LOGIN_FILE|MYSQL_HOME)$/,
  words: /^["']?(?:-p|--pass|--defaults|--login-path|--ssl-cert)|:\/\//,
};

const logins: Readonly<Record<string, Login>> = {
  pg_dump: postgres,
  pg_dumpall: postgres,
  mysqldump: mysql,
  "mariadb-dump": mysql,
};

/** initdb lets in anyone from inside the Pod; the image asks only those who come from outside it. */
const isOwnPod = /^(?:localhost$|127\.|::1$|\/)/;

const serverPassword = /^(?:POSTGRES_PASSWORD|MYSQL_ROOT_PASSWORD|MARIADB_ROOT_PASSWORD)(?:_FILE)?$/;

/** A plain official server, which got a password when it was created and has no rules of access of its own. */
function asksForPassword(database: Database): boolean {
  const { container, image, engine } = database;
  if (container === undefined || container.overridesEntrypoint || !container.filesAreComplete) return false;
  if (image?.registry !== undefined && image.registry !== "docker.io") return false;
  if (!/^(?:postgres|mysql|mariadb)$/.test(image?.name ?? "")) return false;
  const { environment } = container;
  if (!environment.written().some(({ name }) => serverPassword.test(name))) return false;
  if (
    environment.get("POSTGRES_HOST_AUTH_METHOD") !== undefined ||
    environment.get("POSTGRES_INITDB_ARGS") !== undefined
  )
    return false;
  // A script of its own may write others.
  const isPlain = container.filesUnder("/").every(({ path }) => !/pg_hba|initdb\.d|\.sh$/.test(path));
  return isPlain && (engine !== "postgresql" || loginRules(database).length === 0);
}

function givesPassword(command: Command, container: Container, login: Login): boolean {
  const { environment, commands, mounts } = container;
  const isName = (name: string): boolean => login.variables.test(name);
  if (environment.written().some(({ name }) => isName(name))) return true;
  const mentions = commands.some(
    ({ words, assignments, writesTo, input }) =>
      [...assignments, ...words, ...(writesTo === undefined ? [] : [writesTo])].some(
        ({ raw }) => /PGPASS|MYSQL_PWD|\.pgpass|my\.cnf|mylogin|^["']?(?:source|\.|eval)$/i.test(raw) || isName(raw),
      ) || /PGPASS|MYSQL_PWD/.test(input?.text ?? ""),
  );
  if (mentions || [...command.variables.keys()].some(isName)) return true;
  // `echo "$PASSWORD" | pg_dump -W`; a variable that holds options, a URL or a whole connection string.
  if (commands.some(({ feeds }) => feeds === command) || command.input !== undefined) return true;
  const line = writtenLine(command);
  if (command.words.slice(1).some(({ raw }) => login.words.test(raw)) || mayHoldMore(line, command, container))
    return true;
  // A file of passwords in the home of whatever user runs it.
  return mounts.some(
    ({ mountPath, subPath, volume }) =>
      /pgpass|my\.cnf|^\/(?:root|home|etc\/mysql|var\/lib\/(?:postgresql|pgsql|mysql))(?:\/|$)/.test(
        `${mountPath}/${subPath ?? ""}`,
      ) && volume?.source !== "empty-dir",
  );
}

/** Whether a variable of the line may be more than a host, user, port, file or database. */
function mayHoldMore(line: string, command: Command, { environment }: Container): boolean {
  return [...line.matchAll(/\$\{?([A-Za-z_]\w*|[@*\d])/g)].some(([, name = ""]) => {
    if (/^[@*\d]$/.test(name) || /UR[IL]|DSN|CONN|OPT|ARG|FLAG|AUTH|CRED|CMD|COMMAND/i.test(name)) return true;
    const value = command.variables.get(name) ?? environment.get(name)?.value;
    return value !== undefined && /:\/\/|password|^-|\s-/.test(value);
  });
}
