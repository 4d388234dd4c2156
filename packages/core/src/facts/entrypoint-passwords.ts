/** What the entrypoint of an image family wants before it makes a new data directory: one of these, `_FILE` variants included. */
export const requiredPasswords: Readonly<
  Record<string, { readonly oneOf: readonly string[]; readonly source: string }>
> = {
  postgres: {
    oneOf: ["POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"],
    source: "https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh",
  },
  mysql: {
    oneOf: [
      "MYSQL_ROOT_PASSWORD",
      "MYSQL_ROOT_PASSWORD_FILE",
      "MYSQL_ALLOW_EMPTY_PASSWORD",
      "MYSQL_RANDOM_ROOT_PASSWORD",
    ],
    source: "https://github.com/docker-library/mysql/blob/master/docker-entrypoint.sh",
  },
  mariadb: {
    oneOf: [
      "MARIADB_ROOT_PASSWORD",
      "MARIADB_ROOT_PASSWORD_FILE",
      "MARIADB_ROOT_PASSWORD_HASH",
      "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
      "MARIADB_RANDOM_ROOT_PASSWORD",
      "MYSQL_ROOT_PASSWORD",
      "MYSQL_ROOT_PASSWORD_FILE",
      "MYSQL_ALLOW_EMPTY_PASSWORD",
      "MYSQL_RANDOM_ROOT_PASSWORD",
    ],
    source: "https://github.com/MariaDB/mariadb-docker/blob/master/docker-entrypoint.sh",
  },
};

/** Variables that those entrypoints read also from a file named by `<variable>_FILE`; both together end the start. */
export const filedVariables: readonly string[] = [
  "POSTGRES_PASSWORD",
  "POSTGRES_USER",
  "POSTGRES_DB",
  "MYSQL_ROOT_PASSWORD",
  "MYSQL_PASSWORD",
  "MYSQL_USER",
  "MYSQL_DATABASE",
  "MARIADB_ROOT_PASSWORD",
  "MARIADB_PASSWORD",
  "MARIADB_USER",
  "MARIADB_DATABASE",
  "MONGO_INITDB_ROOT_USERNAME",
  "MONGO_INITDB_ROOT_PASSWORD",
];

/** Variables that the entrypoint of an image family reads only to initialize an empty directory. Read in the entrypoints, 2026-08. */
export const initialVariables: Readonly<Record<string, readonly string[]>> = {
  postgres: ["POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"],
  mysql: ["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "MYSQL_USER", "MYSQL_DATABASE"],
  mariadb: [
    "MARIADB_ROOT_PASSWORD",
    "MARIADB_PASSWORD",
    "MARIADB_USER",
    "MARIADB_DATABASE",
    "MYSQL_ROOT_PASSWORD",
    "MYSQL_PASSWORD",
    "MYSQL_USER",
    "MYSQL_DATABASE",
  ],
  mongo: ["MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_USERNAME"],
};

/** Scripts here are run by the official images of PostgreSQL, MySQL, MariaDB and MongoDB to fill an empty data directory. */
export const initialScripts = "/docker-entrypoint-initdb.d";
