import { programOf } from "../../embedded/command.ts";
import { type Engine, engineNames } from "../../facts/engines.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupFault } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";

/** mysqldump reads MariaDB, redis-cli reads Valkey. */
export function sameFamily(a: Engine, b: Engine): boolean {
  return familyOf(a) === familyOf(b);
}

function familyOf(engine: Engine): Engine {
  return engine === "mariadb" ? "mysql" : engine === "valkey" ? "redis" : engine;
}

/** How the programs that dump the servers of a family begin; of other servers (CockroachDB) it is not known who reads them. */
const programsOf: Readonly<Partial<Record<Engine, RegExp>>> = {
  postgresql: /^(?:pg|barman|wal-)/,
  mysql: /^(?:my|maria|xtrabackup|innobackupex|wal-)/,
  mongodb: /^(?:mongo|pbm|wal-)/,
  redis: /^(?:redis|valkey|wal-)/,
};

/** They ask, wait or restore. */
const dumpsNothing = /^(?:pg_isready|pg_restore|mysql|mysqladmin|mariadb|mariadb-admin|mongo|mongosh|mongorestore)$/;

/** That the program of a dump reads only servers of another kind, and nothing else in its script reads this one. */
export function engineFault(
  { command, container, engine, script }: Backup,
  database: Database,
): BackupFault | undefined {
  const able = programsOf[familyOf(database.engine)];
  if (command === undefined || engine === undefined || able === undefined || container?.commandsAreComplete !== true)
    return undefined;
  const programs = script.map(programOf);
  if (programs.some((program) => able.test(program) && !dumpsNothing.test(program))) return undefined;
  return {
    because: `${programOf(command)} cannot read ${engineNames[database.engine]}`,
    at: command.words[0] ?? command,
  };
}
