import type { Database } from "../../domain/model/database.ts";
import type { Engine } from "../../facts/engines.ts";

/** What a server is asked with its own client, inside its Pod, where the password is at hand. Text for `sh -c`. */
interface Asking {
  /** Writes all databases to stdout. */
  readonly dump?: string;
  /** Reads what `dump` wrote. */
  readonly load?: string;
  /** The name that a dump's file ends with. */
  readonly extension?: string;
  /** The last line of a whole dump, which a broken one lacks. */
  readonly end?: string;
  /** Lists databases or keys with their sizes. */
  readonly list: string;
  /** What makes up for statistics that a restore does not bring. */
  readonly settle?: string;
}

const postgres: Asking = {
  dump: 'pg_dumpall -U "$' + '{POSTGRES_USER:-postgres}"',
  load: 'psql -q -U "$' + '{POSTGRES_USER:-postgres}" -d postgres -f -',
  extension: "sql",
  end: "PostgreSQL database cluster dump complete",
  list: 'psql -U "$' + '{POSTGRES_USER:-postgres}" -d postgres -c "\\l+"',
  settle: 'vacuumdb -U "$' + '{POSTGRES_USER:-postgres}" --all --analyze-in-stages',
};

const tables = "select table_schema, count(*), sum(data_length) from information_schema.tables group by 1";

/** https://www.postgresql.org/docs/current/app-pg-dumpall.html, https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html and the like */
const askings: Partial<Readonly<Record<Engine, Asking>>> = {
  postgresql: postgres,
  mysql: {
    dump: 'mysqldump -uroot -p"$MYSQL_ROOT_PASSWORD" --all-databases --single-transaction --routines --events --triggers',
    load: 'mysql -uroot -p"$MYSQL_ROOT_PASSWORD"',
    extension: "sql",
    end: "Dump completed",
    list: `mysql -uroot -p"$MYSQL_ROOT_PASSWORD" -e "${tables}"`,
  },
  mariadb: {
    dump: 'mariadb-dump -uroot -p"$MARIADB_ROOT_PASSWORD" --all-databases --single-transaction --routines --events --triggers',
    load: 'mariadb -uroot -p"$MARIADB_ROOT_PASSWORD"',
    extension: "sql",
    end: "Dump completed",
    list: `mariadb -uroot -p"$MARIADB_ROOT_PASSWORD" -e "${tables}"`,
  },
  mongodb: {
    dump: 'mongodump --archive --gzip -u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --authenticationDatabase admin',
    load: 'mongorestore --archive --gzip -u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --authenticationDatabase admin',
    extension: "archive.gz",
    list: 'mongosh --quiet -u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --eval "db.adminCommand({ listDatabases: 1 }).databases"',
  },
  redis: { dump: "redis-cli --rdb -", extension: "rdb", list: "redis-cli INFO keyspace" },
  valkey: { dump: "valkey-cli --rdb -", extension: "rdb", list: "valkey-cli INFO keyspace" },
};

/** undefined: the engine has tools of its own that need to know more than a manifest tells. */
export function askingOf(database: Database | undefined): Asking | undefined {
  return database === undefined ? undefined : askings[database.engine];
}

/** What an engine that keeps a list of its members is told before one leaves, each in its Pod, highest ordinal first. */
export interface Farewell {
  /** Text for `sh -c` in the Pod that leaves. */
  readonly inLeaving?: string;
  /** Text for `sh -c` in the first Pod that stays; `#` is the name of the leaving Pod. */
  readonly inStaying?: string;
  /** What it does, as a clause about the member. */
  readonly says: string;
  /** What to do of several, and what comes of it otherwise. */
  readonly first: string;
}

export const farewells: Partial<Readonly<Record<Engine, Farewell>>> = {
  cassandra: {
    inLeaving: "nodetool decommission",
    says: "it streams its token ranges to the others, which takes as long as its data is large",
    first: "run nodetool decommission on each of them first, or their token ranges lose a copy",
  },
  cockroachdb: {
    inLeaving: "cockroach node decommission --self",
    says: "its ranges move to the others (add --certs-dir or --insecure as your nodes have it)",
    first: "run cockroach node decommission first, or their ranges lose a copy",
  },
  elasticsearch: {
    inStaying: `curl -s -XPUT localhost:9200/_cluster/settings -H 'content-type: application/json' -d '{"persistent":{"cluster.routing.allocation.exclude._name":"#"}}'`,
    says: "its shards move to the others (add credentials as your nodes have them)",
    first: "move their shards away first (cluster.routing.allocation.exclude), or indexes lose them",
  },
  opensearch: {
    inStaying: `curl -s -XPUT localhost:9200/_cluster/settings -H 'content-type: application/json' -d '{"persistent":{"cluster.routing.allocation.exclude._name":"#"}}'`,
    says: "its shards move to the others (add credentials as your nodes have them)",
    first: "move their shards away first (cluster.routing.allocation.exclude), or indexes lose them",
  },
  mongodb: {
    inStaying: `mongosh --quiet --eval 'rs.remove(rs.conf().members.map((m) => m.host).find((h) => h.startsWith("#.")))'`,
    says: "the set no longer counts it in votes; run it on the primary, with credentials as your set has them",
    first: "take them out of the replica set first (rs.remove), or they count as down members in every vote",
  },
  etcd: {
    inStaying: `etcdctl member remove "$(etcdctl member list | awk -F', ' '$3 == "#" { print $1 }')"`,
    says: "the cluster no longer counts it in votes",
    first: "remove them first (etcdctl member remove), or they count as down members in every vote",
  },
};
