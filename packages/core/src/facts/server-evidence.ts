import type { Engine } from "./engines.ts";

/** What shows a server whose image is not known: words of the image's last part, its port, and what only servers of the engine have. */
export interface ServerEvidence {
  readonly engine: Engine;
  /** A word of the last part of the image's name: `postgres` of `acme/postgres-cz:16`. */
  readonly word: RegExp;
  readonly port: number;
  /** Variables that the images of the engine's servers read. Clients may have them, too. */
  readonly variables: RegExp;
  /** Where the images keep data: a volume there is a server's. */
  readonly directory: RegExp;
  /** The server's own program, as the container's command. */
  readonly program: RegExp;
  /** The version in the name of an image, whose tag is the publisher's own: `postgres-12.6`, `postgresql-16-codeinsights`. */
  readonly versionInName?: RegExp;
}

/** In the order in which they are tried: MariaDB's images read MySQL's variables. Read in the images' documentation, 2026-08. */
export const serverEvidence: readonly ServerEvidence[] = [
  {
    engine: "postgresql",
    word: /^(postgres|postgresql|postgis|pgvector|timescaledb|patroni)\d*$/,
    port: 5432,
    variables:
      /^(POSTGRES_(DB|USER|PASSWORD|PASSWORD_FILE|INITDB_ARGS)|PGDATA|POSTGRESQL_(DATABASE|USER|PASSWORD|ADMIN_PASSWORD))$/,
    directory:
      /^(\/var\/lib\/(postgresql|postgres|pgsql)|\/bitnami\/postgresql|\/pgdata|\/home\/postgres\/pgdata)(\/|$)/,
    program: /(^|\/)(postgres|pg_ctl|patroni)$/,
    versionInName: /(?:^|\/)(?:postgres|postgresql)-?(9\.\d|[12]\d)(?:\.(\d+))?(?:-[^/]*)?$/,
  },
  {
    engine: "mariadb",
    word: /^mariadb\d*$/,
    port: 3306,
    variables: /^(MYSQL|MARIADB)_(ROOT_PASSWORD|DATABASE|USER|PASSWORD|ROOT_PASSWORD_FILE)$/,
    directory: /^(\/var\/lib\/mysql|\/bitnami\/mariadb)(\/|$)/,
    program: /(^|\/)mariadbd(-safe)?$/,
    versionInName: /(?:^|\/)mariadb-?(10\.\d+|1[1-9]\.\d+)(?:-[^/]*)?$/,
  },
  {
    engine: "mysql",
    word: /^mysql\d*$/,
    port: 3306,
    variables: /^MYSQL_(ROOT_PASSWORD|DATABASE|USER|PASSWORD|ROOT_PASSWORD_FILE)$/,
    directory: /^(\/var\/lib\/mysql|\/bitnami\/mysql)(\/|$)/,
    program: /(^|\/)mysqld(_safe)?$/,
    versionInName: /(?:^|\/)mysql-?(5\.[567]|8\.[0-4]|9\.\d)(?:-[^/]*)?$/,
  },
  {
    engine: "mongodb",
    word: /^(mongo|mongodb|mongod)\d*$/,
    port: 27017,
    variables: /^(MONGO_INITDB_ROOT_(USERNAME|PASSWORD)|MONGO_INITDB_DATABASE|MONGODB_ROOT_PASSWORD)$/,
    directory: /^(\/data\/db|\/var\/lib\/mongo(db)?|\/bitnami\/mongodb)(\/|$)/,
    program: /(^|\/)mongod$/,
    versionInName: /(?:^|\/)(?:mongo|mongodb)-?([4-9]\.\d)(?:-[^/]*)?$/,
  },
  {
    engine: "redis",
    word: /^(redis|redis-stack|keydb)\d*$/,
    port: 6379,
    variables: /^REDIS_(PASSWORD|AOF_ENABLED|REPLICATION_MODE|MASTER_HOST|MASTER_PASSWORD)$/,
    directory: /^(\/var\/lib\/redis|\/bitnami\/redis)(\/|$)/,
    program: /(^|\/)(redis-server|keydb-server)$/,
  },
];

/**
 * Variables that say where the server is, or how often it is dumped: their container is a client, whatever else it has of a server. The
 * backup container of bcgov keeps a data directory of its own, in which it restores what it dumped.
 */
export const clientVariables =
  /^(PGHOST|DATABASE_SERVICE_NAME|((POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|DB|DATABASE)_(HOST|HOSTNAME|SERVER|ADDR))|BACKUP_(STRATEGY|PERIOD|SCHEDULE))$/;

/** Programs that pass connections on, by the words of the names that people give to them. */
export const connectionProxies =
  /^(proxy|haproxy|pgbouncer|bouncer|pooler|pgpool|pgpool2|pgcat|odyssey|supavisor|proxysql|maxscale|tunnel|router)$/;

/** Programs that stand before a server, look at it or use it, by the words of their image's name: their port and variables prove nothing. */
export const besideServers =
  /^(socat|envoy|nginx|exporter|metrics|admin|pgadmin|pgadmin4|phpmyadmin|adminer|operator|backup|backups|restore|client|tools|init|migrate|migration|migrations|sidecar|agent|api|app|web|ui|server|worker|backend|express|mongos|watcher|monitor|controller|xtrabackup|restic|dump|sentinel|commander|insight|redisinsight|browser)$/;
