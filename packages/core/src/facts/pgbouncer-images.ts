/** Images whose templates say everything: what is not set is empty or the image's, never PgBouncer's default. */
export const imagesWithOwnDefaults: ReadonlySet<string> = new Set(["zalando", "crunchydata/crunchy-pgbouncer"]);

/** What an image's entrypoint writes when nothing is said. */
export const imageDefaults: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "bitnami/pgbouncer": {
    listen_port: "6432",
    auth_type: "scram-sha-256",
    listen_addr: "0.0.0.0",
    admin_users: "postgres",
    ignore_startup_parameters: "extra_float_digits",
    server_tls_sslmode: "disable",
  },
  "edoburu/pgbouncer": {
    listen_port: "5432",
    auth_type: "md5",
    listen_addr: "0.0.0.0",
    admin_users: "postgres",
    ignore_startup_parameters: "extra_float_digits",
  },
  "pgbouncer/pgbouncer": {
    listen_port: "6432",
    auth_type: "any",
    listen_addr: "0.0.0.0",
    admin_users: "postgres",
    ignore_startup_parameters: "extra_float_digits",
  },
  zalando: {
    listen_port: "5432",
    auth_type: "md5",
    listen_addr: "*",
    ignore_startup_parameters: "extra_float_digits,options",
  },
};

/** Image family -> the variables that name the server, its database and user. */
export const routeVariables: Readonly<
  Record<
    string,
    {
      readonly host: string;
      readonly port: string;
      readonly name: string;
      readonly user: string;
      readonly url?: readonly string[];
    }
  >
> = {
  "bitnami/pgbouncer": {
    host: "POSTGRESQL_HOST",
    port: "POSTGRESQL_PORT",
    name: "PGBOUNCER_DATABASE",
    user: "POSTGRESQL_USERNAME",
  },
  "edoburu/pgbouncer": {
    host: "DB_HOST",
    port: "DB_PORT",
    name: "DB_NAME",
    user: "DB_USER",
    url: ["DATABASE_URL", "DATABASE_URLS"],
  },
  "pgbouncer/pgbouncer": {
    host: "DATABASES_HOST",
    port: "DATABASES_PORT",
    name: "DATABASES_DBNAME",
    user: "DATABASES_USER",
  },
  "crunchydata/crunchy-pgbouncer": { host: "PG_SERVICE", port: "PG_PORT", name: "PG_DATABASE", user: "PG_USERNAME" },
  zalando: { host: "PGHOST", port: "PGPORT", name: "PGDATABASE", user: "PGUSER" },
};
