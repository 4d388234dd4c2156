import type { Engine } from "./engines.ts";

/** How a family of server images behaves. Looked up by the repository path without registry host and `library/`. */
export interface ServerImage {
  readonly engine: Engine;
  /** Images that read the same variables and use the same directories. */
  readonly family: string;
  readonly pattern: RegExp;
  readonly port: number;
  /** `undefined`: the directory is not known, so nothing is said about it. `<major>` is replaced. */
  readonly dataDirectory: string | undefined;
  /** From this major version on the directory is another one. */
  readonly newDataDirectory?: { readonly fromMajor: number; readonly path: string };
  /** The variable that moves the data directory. */
  readonly dataDirectoryVariable?: string;
  /** Finds the engine's version in the tag; group 1 (and 2) are the version. */
  readonly version: RegExp;
  /** The repository's name carries the version (`postgresql-13-centos7`). */
  readonly versionInName?: RegExp;
  /** The variable that chooses among the versions that the image holds. */
  readonly versionVariable?: string;
  /** What the image holds, whatever its tag says. */
  readonly onlyVersion?: string;
  /** The image replicates by itself when several run. */
  readonly replicates?: boolean;
  /** Variables that the server reads at every start and that set a server parameter. */
  readonly settings?: Readonly<Record<string, string>>;
}

const official = /^(\d+)(?:\.(\d+))?/;
const pgTag = /pg(\d+)(?:\.(\d+))?/i;
const postgresDirectories = {
  dataDirectory: "/var/lib/postgresql/data",
  // https://github.com/docker-library/postgres/pull/1259: since 18 the volume is /var/lib/postgresql
  newDataDirectory: { fromMajor: 18, path: "/var/lib/postgresql/<major>/docker" },
  dataDirectoryVariable: "PGDATA",
};
const postgres = (pattern: RegExp, version: RegExp): ServerImage => ({
  engine: "postgresql",
  family: "postgres",
  pattern,
  port: 5432,
  version,
  ...postgresDirectories,
});

/**
 * Images of sclorg and those that Red Hat, Fedora and OpenShift build of them: `quay.io/sclorg/postgresql-15-c9s`,
 * `rhel9/postgresql-16`. Others use the same name for images of their own. https://github.com/sclorg/postgresql-container
 */
function sclorg(program: string): RegExp {
  const publishers = "(?:sclorg|centos|centos7|fedora|openshift\\d?|rhscl|rhel\\d+|ubi\\d+)";
  const system = "-(?:c\\d+s|centos7|el\\d+|rhel\\d+)";
  return new RegExp(`(?:^|/)(?:${publishers}/${program}-\\d+(?:${system})?|${program}-\\d+${system})$`);
}

/**
 * The major version that the moving tags of an image have had at least since a month. Where it matters to which directory an image
 * writes, such a tag counts as that version. https://hub.docker.com/_/postgres
 */
export const newestMajors: readonly {
  readonly image: RegExp;
  readonly tag: RegExp;
  readonly major: number;
  readonly since: string;
}[] = [{ image: /^postgres$/, tag: /^(?:latest|alpine|trixie|bookworm)$/, major: 18, since: "2025-09" }];

/** Facts read from the images' Dockerfiles and entrypoints, 2026-08. */
export const serverImages: readonly ServerImage[] = [
  postgres(/^postgres$/, official),
  postgres(/(^|\/)postgis\/postgis$/, official),
  postgres(/(^|\/)timescale\/timescaledb(-postgis)?$/, pgTag),
  postgres(/(^|\/)(pgvector\/pgvector|ankane\/pgvector)$/, /(?:^|-)pg(\d+)/i),
  postgres(/(^|\/)supabase\/postgres$/, official),
  postgres(/(^|\/)tensorchord\/(pgvecto-rs|vchord-postgres)$/, pgTag),
  postgres(/(^|\/)apache\/age$/i, pgTag),
  postgres(/(^|\/)citusdata\/citus$/, pgTag),
  postgres(/(^|\/)(paradedb\/paradedb|kartoza\/postgis|mdillon\/postgis|debezium\/(example-)?postgres)$/, official),
  {
    engine: "postgresql",
    family: "timescaledb-ha",
    pattern: /(^|\/)timescale\/timescaledb-ha$/,
    port: 5432,
    dataDirectory: "/home/postgres/pgdata/data",
    dataDirectoryVariable: "PGDATA",
    version: /^pg(\d+)(?:\.(\d+))?/,
  },
  {
    engine: "postgresql",
    family: "spilo",
    pattern: /(^|\/)spilo(-(\d+|cdp-\d+))?$/,
    port: 5432,
    dataDirectory: "/home/postgres/pgdata/pgroot/data",
    dataDirectoryVariable: "PGROOT",
    version: /(?!)/,
    versionInName: /spilo-(?:cdp-)?(\d+)$/,
    versionVariable: "PGVERSION",
    replicates: true,
  },
  {
    engine: "postgresql",
    family: "bitnami-postgresql",
    pattern: /(^|\/)bitnami(legacy|secure)?\/postgresql(-repmgr)?$/,
    port: 5432,
    dataDirectory: "/bitnami/postgresql/data",
    dataDirectoryVariable: "POSTGRESQL_DATA_DIR",
    version: official,
    settings: { POSTGRESQL_MAX_CONNECTIONS: "max_connections", POSTGRESQL_STATEMENT_TIMEOUT: "statement_timeout" },
  },
  {
    engine: "postgresql",
    family: "sclorg-postgresql",
    pattern: sclorg("postgresql"),
    port: 5432,
    dataDirectory: "/var/lib/pgsql/data/userdata",
    version: /(?!)/,
    versionInName: /postgresql-(\d+)/,
    settings: { POSTGRESQL_MAX_CONNECTIONS: "max_connections", POSTGRESQL_SHARED_BUFFERS: "shared_buffers" },
  },
  {
    engine: "postgresql",
    family: "crunchy",
    pattern: /(^|\/)crunchydata\/crunchy-postgres(-gis)?(-ha)?$/,
    port: 5432,
    dataDirectory: undefined,
    version: /-(\d+)\.(\d+)-/,
    replicates: true,
  },
  {
    engine: "postgresql",
    family: "cloudnative-pg",
    pattern: /(^|\/)cloudnative-pg\/(postgresql|postgis|pgvector)$/,
    port: 5432,
    dataDirectory: undefined,
    version: official,
  },
  {
    engine: "mysql",
    family: "mysql",
    pattern: /^mysql$|(^|\/)mysql\/(mysql-server|community-server)$|^mysql\/mysql-server$/,
    port: 3306,
    dataDirectory: "/var/lib/mysql",
    version: official,
  },
  {
    engine: "mysql",
    family: "mysql",
    pattern: /^percona$|(^|\/)percona\/percona-server$/,
    port: 3306,
    dataDirectory: "/var/lib/mysql",
    version: official,
  },
  {
    engine: "mysql",
    family: "percona-xtradb-cluster",
    pattern: /(^|\/)percona\/percona-xtradb-cluster$/,
    port: 3306,
    dataDirectory: "/var/lib/mysql",
    version: official,
    replicates: true,
  },
  {
    engine: "mariadb",
    family: "mariadb",
    pattern: /^mariadb$|(^|\/)mariadb\/mariadb(-server)?$|linuxserver\/mariadb$/,
    port: 3306,
    dataDirectory: "/var/lib/mysql",
    version: official,
  },
  {
    engine: "mysql",
    family: "bitnami-mysql",
    pattern: /(^|\/)bitnami(legacy|secure)?\/mysql$/,
    port: 3306,
    dataDirectory: "/bitnami/mysql/data",
    version: official,
  },
  {
    engine: "mariadb",
    family: "bitnami-mariadb",
    pattern: /(^|\/)bitnami(legacy|secure)?\/mariadb$/,
    port: 3306,
    dataDirectory: "/bitnami/mariadb/data",
    version: official,
  },
  {
    engine: "mariadb",
    family: "bitnami-mariadb",
    pattern: /(^|\/)bitnami(legacy|secure)?\/mariadb-galera$/,
    port: 3306,
    dataDirectory: "/bitnami/mariadb/data",
    version: official,
    replicates: true,
  },
  {
    engine: "mysql",
    family: "sclorg-mysql",
    pattern: sclorg("mysql"),
    port: 3306,
    dataDirectory: "/var/lib/mysql/data",
    version: /(?!)/,
    versionInName: /mysql-(\d)(\d)?/,
  },
  {
    engine: "mongodb",
    family: "mongo",
    pattern: /^mongo$|(^|\/)percona\/percona-server-mongodb$|(^|\/)mongodb\/mongodb-(community|enterprise)-server$/,
    port: 27017,
    dataDirectory: "/data/db",
    version: official,
  },
  {
    engine: "mongodb",
    family: "bitnami-mongodb",
    pattern: /(^|\/)bitnami(legacy|secure)?\/mongodb(-sharded)?$/,
    port: 27017,
    dataDirectory: "/bitnami/mongodb/data/db",
    version: official,
  },
  {
    engine: "redis",
    family: "redis",
    pattern: /^redis$|(^|\/)redis\/redis-stack(-server)?$|^redis\/redis$/,
    port: 6379,
    dataDirectory: "/data",
    version: official,
  },
  {
    engine: "valkey",
    family: "redis",
    pattern: /^valkey\/valkey$|^valkey$/,
    port: 6379,
    dataDirectory: "/data",
    version: official,
  },
  {
    engine: "redis",
    family: "bitnami-redis",
    pattern: /(^|\/)bitnami(legacy|secure)?\/redis(-cluster)?$/,
    port: 6379,
    dataDirectory: "/bitnami/redis/data",
    version: official,
  },
  {
    engine: "valkey",
    family: "bitnami-redis",
    pattern: /(^|\/)bitnami(legacy|secure)?\/valkey(-cluster)?$/,
    port: 6379,
    dataDirectory: "/bitnami/valkey/data",
    version: official,
  },
  {
    engine: "redis",
    family: "redis",
    pattern: /(^|\/)(eqalpha\/keydb|dragonflydb\/dragonfly)$/,
    port: 6379,
    dataDirectory: "/data",
    version: /(?!)/,
  },
  {
    engine: "cassandra",
    family: "cassandra",
    pattern: /(^|\/)google-samples\/cassandra$/,
    port: 9042,
    dataDirectory: undefined,
    version: /(?!)/,
    // v11 to v14 all hold 3.11: https://github.com/kubernetes/examples/tree/master/databases/cassandra
    onlyVersion: "3.11",
    replicates: true,
  },
  {
    engine: "cassandra",
    family: "cassandra",
    pattern: /^cassandra$|(^|\/)bitnami(legacy)?\/cassandra$/,
    port: 9042,
    dataDirectory: undefined,
    version: official,
    replicates: true,
  },
  {
    engine: "elasticsearch",
    family: "elasticsearch",
    pattern: /(^|\/)elasticsearch(\/elasticsearch)?(-oss)?$/,
    port: 9200,
    dataDirectory: "/usr/share/elasticsearch/data",
    version: official,
    replicates: true,
  },
  {
    engine: "opensearch",
    family: "opensearch",
    pattern: /(^|\/)opensearchproject\/opensearch$/,
    port: 9200,
    dataDirectory: "/usr/share/opensearch/data",
    version: official,
    replicates: true,
  },
  {
    engine: "cockroachdb",
    family: "cockroachdb",
    pattern: /(^|\/)cockroachdb\/cockroach$/,
    port: 26257,
    dataDirectory: "/cockroach/cockroach-data",
    version: /^v(\d+)\.(\d+)/,
    replicates: true,
  },
  {
    engine: "clickhouse",
    family: "clickhouse",
    pattern: /(^|\/)clickhouse(\/clickhouse-server|-server)$|^clickhouse$/,
    port: 9000,
    dataDirectory: "/var/lib/clickhouse",
    version: official,
    replicates: true,
  },
  {
    engine: "neo4j",
    family: "neo4j",
    pattern: /^neo4j$/,
    port: 7687,
    dataDirectory: "/data",
    version: official,
    replicates: true,
  },
  {
    engine: "couchdb",
    family: "couchdb",
    pattern: /^couchdb$/,
    port: 5984,
    dataDirectory: "/opt/couchdb/data",
    version: official,
    replicates: true,
  },
  {
    engine: "influxdb",
    family: "influxdb",
    pattern: /^influxdb$/,
    port: 8086,
    dataDirectory: undefined,
    version: official,
  },
  {
    engine: "mssql",
    family: "mssql",
    pattern: /(^|\/)mssql\/server$/,
    port: 1433,
    dataDirectory: "/var/opt/mssql",
    version: /^(\d{4})/,
  },
];

/** Names that contain an engine's name and are no server: exporters, admin pages, backup tools, operators. */
export const notServers =
  /(exporter|pgadmin|phpmyadmin|adminer|mongo-express|pgweb|pghero|backup|os-shell|operator|init|migrat|client|tools?|commander|insight|sentinel)(:|$|[-_/])/;

/** Poolers and proxies in front of databases. */
export const poolerImages: readonly {
  readonly software: "pgbouncer" | "pgpool" | "odyssey" | "proxysql";
  readonly dialect: string | undefined;
  readonly pattern: RegExp;
  readonly port: number;
}[] = [
  {
    software: "pgbouncer",
    dialect: "bitnami/pgbouncer",
    pattern: /(^|\/)bitnami(legacy|secure)?\/pgbouncer$/,
    port: 6432,
  },
  { software: "pgbouncer", dialect: "edoburu/pgbouncer", pattern: /(^|\/)edoburu\/pgbouncer$/, port: 5432 },
  { software: "pgbouncer", dialect: "pgbouncer/pgbouncer", pattern: /^pgbouncer\/pgbouncer$/, port: 6432 },
  {
    software: "pgbouncer",
    dialect: "icoretech/pgbouncer-docker",
    pattern: /(^|\/)icoretech\/pgbouncer-docker$/,
    port: 6432,
  },
  {
    software: "pgbouncer",
    dialect: "cloudnative-pg/pgbouncer",
    pattern: /(^|\/)cloudnative-pg\/pgbouncer$/,
    port: 6432,
  },
  {
    software: "pgbouncer",
    dialect: "crunchydata/crunchy-pgbouncer",
    pattern: /(^|\/)crunchydata\/crunchy-pgbouncer$/,
    port: 6432,
  },
  { software: "pgbouncer", dialect: "zalando", pattern: /(^|\/)(acid|postgres-operator)\/pgbouncer$/, port: 5432 },
  { software: "pgbouncer", dialect: undefined, pattern: /(^|\/)[\w.-]*pgbouncer[\w.-]*$/, port: 6432 },
  { software: "pgpool", dialect: undefined, pattern: /(^|\/)pgpool(2|-ii)?(\/pgpool)?$/, port: 9999 },
  { software: "odyssey", dialect: undefined, pattern: /(^|\/)odyssey$/, port: 6432 },
  { software: "proxysql", dialect: undefined, pattern: /(^|\/)proxysql(\/proxysql)?$/, port: 6033 },
];
