/** Variables of a Service's name that the entrypoint of an image takes for its own. */
export const serviceVariableReaders: readonly {
  readonly image: RegExp;
  /** The variable, as Kubernetes makes it from a Service's name and `_PORT`. */
  readonly variable: string;
  readonly effect: string;
  readonly fromMajor?: number;
  readonly source: string;
}[] = [
  {
    image: /(^|\/)bitnami(legacy|secure)?\/pgbouncer$/,
    variable: "PGBOUNCER_PORT",
    effect: "writes it as listen_port, and PgBouncer refuses the file",
    source: "https://github.com/bitnami/containers/tree/main/bitnami/pgbouncer",
  },
  {
    image: /(^|\/)bitnami(legacy|secure)?\/pgbouncer$/,
    variable: "POSTGRESQL_PORT",
    effect: "reads it as the server's port, and never connects",
    source: "https://github.com/bitnami/containers/tree/main/bitnami/pgbouncer",
  },
  {
    image: /(^|\/)edoburu\/pgbouncer$/,
    variable: "DB_PORT",
    effect: "writes it after port=, and PgBouncer refuses the file",
    source: "https://github.com/edoburu/docker-pgbouncer/blob/master/entrypoint.sh",
  },
  {
    image: /^neo4j$/,
    variable: "NEO4J_PORT",
    effect: "reads it as the setting PORT, which Neo4j does not know, and exits",
    fromMajor: 5,
    source: "https://neo4j.com/docs/operations-manual/current/configuration/neo4j-conf/",
  },
];
