/** Settings of Redis 7.0 and Valkey by what they take; all others are not judged. https://github.com/redis/redis/blob/7.0/src/config.c */
export const redisMemory: ReadonlySet<string> = new Set([
  "maxmemory",
  "repl-backlog-size",
  "auto-aof-rewrite-min-size",
  "active-defrag-ignore-bytes",
]);

export const redisSwitches: ReadonlySet<string> = new Set([
  "activedefrag",
  "activerehashing",
  "aof-load-truncated",
  "aof-use-rdb-preamble",
  "appendonly",
  "cluster-enabled",
  "cluster-require-full-coverage",
  "daemonize",
  "dynamic-hz",
  "lazyfree-lazy-eviction",
  "lazyfree-lazy-expire",
  "lazyfree-lazy-server-del",
  "no-appendfsync-on-rewrite",
  "protected-mode",
  "rdbchecksum",
  "rdbcompression",
  "repl-disable-tcp-nodelay",
  "repl-diskless-sync",
  "replica-lazy-flush",
  "replica-read-only",
  "replica-serve-stale-data",
  "stop-writes-on-bgsave-error",
  "tls-cluster",
  "tls-replication",
]);

export const redisChoices: Readonly<Record<string, readonly string[]>> = {
  "maxmemory-policy": [
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
  ],
  appendfsync: ["always", "everysec", "no"],
};

/** Least and most. */
export const redisNumbers: Readonly<Record<string, readonly [number, number]>> = {
  databases: [1, 2147483647],
  maxclients: [1, 4294967295],
  port: [0, 65535],
  "tcp-keepalive": [0, 2147483647],
};

/** Numbers of mysqld and mariadbd: digits, then one of K M G T P E, of which only the first letter is read. */
export const mysqlNumbers: ReadonlySet<string> = new Set([
  "innodb_buffer_pool_size",
  "innodb_log_buffer_size",
  "innodb_log_file_size",
  "innodb_redo_log_capacity",
  "join_buffer_size",
  "key_buffer_size",
  "max_allowed_packet",
  "max_connections",
  "max_heap_table_size",
  "sort_buffer_size",
  "sync_binlog",
  "table_open_cache",
  "thread_cache_size",
  "tmp_table_size",
]);
