import type { Engine } from "./engines.ts";

/** Server settings that a series refuses: the server does not start with them. Names with underscores, lower case. */
export const removedSettings: Readonly<
  Partial<
    Record<
      Engine,
      readonly { readonly name: string; readonly since: readonly [number, number]; readonly instead?: string }[]
    >
  >
> = {
  // Release notes 13 to 17, "Migration": https://www.postgresql.org/docs/release/
  postgresql: [
    { name: "wal_keep_segments", since: [13, 0], instead: "wal_keep_size (16 MB for each segment)" },
    { name: "operator_precedence_warning", since: [14, 0] },
    { name: "vacuum_cleanup_index_scale_factor", since: [14, 0] },
    { name: "stats_temp_directory", since: [15, 0] },
    { name: "promote_trigger_file", since: [16, 0] },
    { name: "vacuum_defer_cleanup_age", since: [16, 0], instead: "hot_standby_feedback" },
    { name: "force_parallel_mode", since: [16, 0], instead: "debug_parallel_query" },
    { name: "db_user_namespace", since: [17, 0] },
    { name: "old_snapshot_threshold", since: [17, 0] },
    { name: "trace_recovery_messages", since: [17, 0] },
  ],
  // https://dev.mysql.com/doc/relnotes/mysql/8.4/en/news-8-4-0.html, https://dev.mysql.com/doc/relnotes/mysql/9.0/en/news-9-0-0.html
  mysql: [
    { name: "default_authentication_plugin", since: [8, 4], instead: "authentication_policy" },
    { name: "expire_logs_days", since: [8, 4], instead: "binlog_expire_logs_seconds" },
    { name: "mysql_native_password", since: [9, 0] },
    { name: "query_cache_size", since: [8, 0] },
    { name: "query_cache_type", since: [8, 0] },
    { name: "innodb_file_format", since: [8, 0] },
    { name: "innodb_large_prefix", since: [8, 0] },
  ],
};

/** What a tag of one number means since the date: the series it moved to. */
export const movedTags: Readonly<Partial<Record<Engine, Readonly<Record<string, readonly [number, number]>>>>> = {
  mysql: { "8": [8, 4] }, // since 2024-07; https://github.com/docker-library/mysql/issues/1048
};
