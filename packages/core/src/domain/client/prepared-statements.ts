import type { Container } from "../../kube/container.ts";
import { clearPart } from "../../yaml/fact.ts";
import type { HostReference } from "../model/reach.ts";
import { type ClientDsn, dsnsTo } from "./client-dsn.ts";

/** Whether a client's driver prepares statements by the protocol; undefined: nothing in view says so. */
export interface Preparing {
  readonly driver: string;
  /** A parameter or variable switches it off. */
  readonly isOff: boolean;
}

interface Driver {
  readonly name: string;
  readonly isShown: (dsn: ClientDsn, container: Container) => boolean;
  readonly isOff: (dsn: ClientDsn, container: Container) => boolean;
}

const parameterIs =
  (name: string, value: RegExp) =>
  ({ parameters, dsn }: ClientDsn): boolean => {
    const written = parameters.get(name);
    // What is not known may say so.
    return written === undefined ? !dsn.isComplete : clearPart(written) === undefined || value.test(written);
  };

/** Drivers that prepare unless they are told not to, and how a connection string tells them. Read in their manuals, 2026-07. */
const drivers: readonly Driver[] = [
  // https://jdbc.postgresql.org/documentation/server-prepare/
  { name: "pgjdbc", isShown: ({ isJdbc }) => isJdbc, isOff: parameterIs("preparethreshold", /^0$/) },
  // https://magicstack.github.io/asyncpg/current/faq.html
  {
    name: "asyncpg",
    isShown: ({ scheme }) => scheme === "postgresql+asyncpg",
    isOff: (dsn) =>
      parameterIs("prepared_statement_cache_size", /^0$/)(dsn) || parameterIs("statement_cache_size", /^0$/)(dsn),
  },
  // https://www.psycopg.org/psycopg3/docs/advanced/prepare.html: nothing in a URL switches it off
  {
    name: "psycopg 3",
    isShown: ({ scheme }) => /^postgresql\+psycopg(_async)?$/.test(scheme),
    isOff: () => false,
  },
  // https://www.prisma.io/docs/orm/overview/databases/postgresql
  {
    name: "Prisma",
    isShown: ({ parameters }) => parameters.has("schema") || parameters.has("connection_limit"),
    isOff: parameterIs("pgbouncer", /^true$/),
  },
  // https://pkg.go.dev/github.com/jackc/pgx/v5#QueryExecMode
  {
    name: "pgx",
    isShown: ({ parameters }) => parameters.has("pool_max_conns") || parameters.has("default_query_exec_mode"),
    isOff: (dsn) =>
      parameterIs("default_query_exec_mode", /^(exec|simple_protocol|cache_describe|describe_exec)$/)(dsn) ||
      parameterIs("statement_cache_capacity", /^0$/)(dsn),
  },
  // https://guides.rubyonrails.org/configuring.html#configuring-a-postgresql-database
  {
    name: "Rails",
    isShown: (_, { environment }) => environment.get("RAILS_ENV") !== undefined,
    isOff: parameterIs("prepared_statements", /^false$/),
  },
  // https://docs.postgrest.org/en/stable/references/configuration.html#db-prepared-statements
  {
    name: "PostgREST",
    isShown: ({ setting }) => setting.name === "PGRST_DB_URI",
    isOff: (_, { environment }) => environment.get("PGRST_DB_PREPARED_STATEMENTS")?.value === "false",
  },
];

/** The driver with which a container connects to a host, as its connection string and environment show it. */
export function preparingOf(container: Container, host: HostReference): Preparing | undefined {
  for (const dsn of dsnsTo(container, host)) {
    const driver = drivers.find(({ isShown }) => isShown(dsn, container));
    if (driver !== undefined) return { driver: driver.name, isOff: driver.isOff(dsn, container) };
  }
  return undefined;
}
