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
  // "Options and Variables Removed" of each manual, compared name by name 2026-11: https://dev.mysql.com/doc/refman/8.0/en/added-deprecated-removed.html,
  // https://dev.mysql.com/doc/refman/8.4/en/added-deprecated-removed.html (8.1 to 8.4), https://dev.mysql.com/doc/mysqld-version-reference/en/optvar-changes-9-0.html
  mysql: [
    { name: "default_authentication_plugin", since: [8, 4], instead: "authentication_policy" },
    { name: "expire_logs_days", since: [8, 2], instead: "binlog_expire_logs_seconds" },
    { name: "mysql_native_password", since: [9, 0] },
    { name: "query_cache_size", since: [8, 0] },
    { name: "query_cache_type", since: [8, 0] },
    { name: "innodb_file_format", since: [8, 0] },
    { name: "innodb_large_prefix", since: [8, 0] },
    { name: "query_cache_limit", since: [8, 0] },
    { name: "query_cache_min_res_unit", since: [8, 0] },
    { name: "query_cache_wlock_invalidate", since: [8, 0] },
    { name: "ignore_db_dir", since: [8, 0] },
    { name: "ignore_db_dirs", since: [8, 0] },
    { name: "ignore_builtin_innodb", since: [8, 0] },
    { name: "innodb_checksums", since: [8, 0] },
    { name: "innodb_file_format_check", since: [8, 0] },
    { name: "innodb_file_format_max", since: [8, 0] },
    { name: "innodb_locks_unsafe_for_binlog", since: [8, 0] },
    { name: "innodb_stats_sample_pages", since: [8, 0] },
    { name: "innodb_support_xa", since: [8, 0] },
    { name: "innodb_undo_logs", since: [8, 0] },
    { name: "log_warnings", since: [8, 0], instead: "log_error_verbosity" },
    { name: "log_builtin_as_identified_by_password", since: [8, 0] },
    { name: "max_tmp_tables", since: [8, 0] },
    { name: "metadata_locks_cache_size", since: [8, 0] },
    { name: "metadata_locks_hash_instances", since: [8, 0] },
    { name: "multi_range_count", since: [8, 0] },
    { name: "old_passwords", since: [8, 0] },
    { name: "secure_auth", since: [8, 0] },
    { name: "show_compatibility_56", since: [8, 0] },
    { name: "sync_frm", since: [8, 0] },
    { name: "date_format", since: [8, 0] },
    { name: "datetime_format", since: [8, 0] },
    { name: "time_format", since: [8, 0] },
    { name: "des_key_file", since: [8, 0] },
    { name: "bootstrap", since: [8, 0] },
    { name: "temp_pool", since: [8, 0] },
    { name: "partition", since: [8, 0] },
    { name: "skip_partition", since: [8, 0] },
    { name: "log_syslog", since: [8, 0], instead: "log_error_services" },
    { name: "log_syslog_facility", since: [8, 0], instead: "syseventlog.facility" },
    { name: "log_syslog_include_pid", since: [8, 0], instead: "syseventlog.include_pid" },
    { name: "log_syslog_tag", since: [8, 0], instead: "syseventlog.tag" },
    { name: "internal_tmp_disk_storage_engine", since: [8, 0] },
    { name: "group_replication_allow_local_disjoint_gtids_join", since: [8, 0] },
    { name: "tx_isolation", since: [8, 0], instead: "transaction_isolation" },
    { name: "tx_read_only", since: [8, 0], instead: "transaction_read_only" },
    { name: "master_info_repository", since: [8, 3] },
    { name: "relay_log_info_repository", since: [8, 3] },
    { name: "transaction_write_set_extraction", since: [8, 3] },
    { name: "log_bin_use_v1_row_events", since: [8, 3] },
    { name: "slave_rows_search_algorithms", since: [8, 3] },
    { name: "character_set_client_handshake", since: [8, 3] },
    { name: "skip_character_set_client_handshake", since: [8, 3] },
    { name: "skip_host_cache", since: [8, 3], instead: "host_cache_size=0" },
    { name: "old_style_user_limits", since: [8, 3] },
    { name: "master_info_file", since: [8, 3] },
    { name: "relay_log_info_file", since: [8, 3] },
    { name: "group_replication_ip_whitelist", since: [8, 3], instead: "group_replication_ip_allowlist" },
    { name: "ssl", since: [8, 4], instead: "tls_version" },
    { name: "skip_ssl", since: [8, 4], instead: "tls_version with an empty value" },
    { name: "admin_ssl", since: [8, 4] },
    { name: "language", since: [8, 4], instead: "lc_messages_dir" },
    { name: "no_dd_upgrade", since: [8, 4], instead: "upgrade=NONE" },
    { name: "keyring_file_data", since: [8, 4], instead: "component_keyring_file" },
    { name: "keyring_encrypted_file_data", since: [8, 4], instead: "component_keyring_encrypted_file" },
    { name: "keyring_encrypted_file_password", since: [8, 4], instead: "component_keyring_encrypted_file" },
    { name: "group_replication_recovery_complete_at", since: [8, 4] },
    { name: "avoid_temporal_upgrade", since: [8, 4] },
    { name: "show_old_temporals", since: [8, 4] },
    { name: "binlog_transaction_dependency_tracking", since: [8, 4] },
  ],
};

/** Values of MySQL's `sql_mode` that 8.0 refuses. https://dev.mysql.com/doc/refman/8.0/en/added-deprecated-removed.html */
export const removedSqlModes: ReadonlySet<string> = new Set([
  "DB2",
  "MAXDB",
  "MSSQL",
  "MYSQL323",
  "MYSQL40",
  "ORACLE",
  "POSTGRESQL",
  "NO_FIELD_OPTIONS",
  "NO_KEY_OPTIONS",
  "NO_TABLE_OPTIONS",
  "NO_AUTO_CREATE_USER",
]);

/** What a tag of one number means since the date: the series it moved to. */
export const movedTags: Readonly<Partial<Record<Engine, Readonly<Record<string, readonly [number, number]>>>>> = {
  mysql: { "8": [8, 4] }, // since 2024-07; https://github.com/docker-library/mysql/issues/1048
};
