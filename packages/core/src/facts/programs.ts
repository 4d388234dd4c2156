import type { Engine } from "./engines.ts";

/** Programs that serve: a container of a server image that runs one of them is a server. */
export const serverPrograms =
  /(^|\/)(docker-entrypoint\.sh|entrypoint\.sh|run\.sh|run-postgresql|run-mysqld|postgres|postmaster|pg_ctl|patroni|mysqld(_safe)?|mariadbd(-safe)?|mongod|redis-server|valkey-server|cassandra|cockroach|elasticsearch|opensearch|clickhouse-server|clickhouse|neo4j|couchdb|influxd|sqlservr|keydb-server|dragonfly|setup\.sh|launch\.sh|container-entrypoint)$/;

/** Programs that only talk to a server, or wait. */
export const clientPrograms =
  /(^|\/)(psql|pg_dump|pg_dumpall|pg_restore|pg_isready|pg_basebackup|createdb|dropdb|createuser|vacuumdb|reindexdb|pgbench|mysql|mariadb|mysqladmin|mariadb-admin|mysqldump|mariadb-dump|mysqlcheck|mysqlimport|mongo|mongosh|mongodump|mongorestore|mongoimport|mongoexport|redis-cli|valkey-cli|redis-sentinel|redis-benchmark|cqlsh|nodetool|sleep|tail|nc|curl|wget|mongos|chown|chmod|mkdir|rm|cp|exit|true)$/;

/** Dump programs, with their engine. */
export const dumpPrograms: Readonly<Record<string, Engine>> = {
  pg_dump: "postgresql",
  pg_dumpall: "postgresql",
  mysqldump: "mysql",
  "mariadb-dump": "mariadb",
  mysqlpump: "mysql",
  mydumper: "mysql",
  mongodump: "mongodb",
};

interface PhysicalProgram {
  readonly engine: Engine;
  /** The word with which it takes a base backup: with others it lists, checks or deletes. undefined: it does nothing else. */
  readonly takes?: string;
}

/**
 * Programs that copy the data files of a running server the way its makers allow. Words checked with pgBackRest 2.45 and Barman 3.4, and
 * in the documentation of WAL-G, Percona XtraBackup, mariadb-backup and Percona Backup for MongoDB, 2026-11.
 */
export const physicalPrograms: Readonly<Record<string, PhysicalProgram>> = {
  pg_basebackup: { engine: "postgresql" },
  pgbackrest: { engine: "postgresql", takes: "backup" },
  "wal-g": { engine: "postgresql", takes: "backup-push" },
  "wal-e": { engine: "postgresql", takes: "backup-push" },
  "barman-cloud-backup": { engine: "postgresql" },
  barman: { engine: "postgresql", takes: "backup" },
  xtrabackup: { engine: "mysql", takes: "--backup" },
  mariabackup: { engine: "mariadb", takes: "--backup" },
  "mariadb-backup": { engine: "mariadb", takes: "--backup" },
  pbm: { engine: "mongodb", takes: "backup" },
};

interface StreamProgram {
  /** The word with which it streams: with others it does something else. undefined: it does nothing else. */
  readonly takes?: string;
  /** Options with which it only makes or drops a slot. */
  readonly prepares?: RegExp;
  /** It stores a segment when that is full. Otherwise what the server writes is in its file within a second. */
  readonly storesSegments?: true;
}

/**
 * Programs that follow the WAL of a PostgreSQL by its replication protocol. pg_receivewal 15 was run (test/real/receive-wal.test.ts);
 * WAL-G: its page on PostgreSQL and wal_receive_handler.go (2026-08); Barman 3.4: `man barman`, which runs pg_receivewal.
 */
export const streamPrograms: Readonly<Record<string, StreamProgram>> = {
  pg_receivewal: { prepares: /^--(?:create|drop)-slot$/ },
  barman: { takes: "receive-wal", prepares: /^--(?:create|drop)-slot$/ },
  "wal-g": { takes: "wal-receive", storesSegments: true },
};

/** Images made to back up a database on a schedule of their own or of a CronJob. */
export const backupImages =
  /(^|\/)(prodrigestivill\/postgres-backup-local|schickling\/(postgres|mysql)-backup-s3|eeshugerman\/postgres-backup-s3|databack(er)?\/mysql-backup|(tiredofit|nfrastack)\/db-backup|jkaninda\/(pg|mysql)-bkup|bcgov(devops)?\/backup-container|stefanprodan\/mgob|itbm\/postgres-backup-s3|siemens\/postgres-backup-s3|fradelg\/mysql-cron-backup)$/;

/**
 * Backup images whose tag is the major version of their pg_dump. Sources, 2026-11: generate.sh and issue 63 of
 * prodrigestivill/docker-postgres-backup-local, README and issues 24 and 42 of eeshugerman/postgres-backup-s3.
 */
export const taggedByClient = /(^|\/)(?:prodrigestivill\/postgres-backup-local|eeshugerman\/postgres-backup-s3)$/;

/**
 * Variables of an image that dumps on a schedule of its own, where its name is filled in later: two of them show it.
 * https://github.com/bcgov/backup-container
 */
export const backupVariables: ReadonlySet<string> = new Set([
  "BACKUP_STRATEGY",
  "BACKUP_DIR",
  "BACKUP_PERIOD",
  "BACKUP_SCHEDULE",
  "NUM_BACKUPS",
  "DAILY_BACKUPS",
]);
