/**
 * Every setting that PostgreSQL 15 lets a configuration file set, as its own pg_settings lists them; a test compares the two.
 * Switches and texts by name; numbers with kind (i: whole, r: real), unit, least and most; choices with their words.
 */
export const switches = `
allow_in_place_tablespaces allow_system_table_mods array_nulls autovacuum bonjour check_function_bodies
data_sync_retry db_user_namespace debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten
default_transaction_deferrable default_transaction_read_only enable_async_append enable_bitmapscan
enable_gathermerge enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan
enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash
enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join enable_seqscan enable_sort
enable_tidscan escape_string_warning exit_on_error fsync full_page_writes geqo hot_standby hot_standby_feedback
ignore_checksum_failure ignore_invalid_pages ignore_system_indexes jit jit_debugging_support jit_dump_bitcode
jit_expressions jit_profiling_support jit_tuple_deforming krb_caseins_users lo_compat_privileges log_checkpoints
log_connections log_disconnections log_duration log_executor_stats log_hostname log_lock_waits log_parser_stats
log_planner_stats log_recovery_conflict_waits log_replication_commands log_statement_stats
log_truncate_on_rotation logging_collector parallel_leader_participation quote_all_identifiers
recovery_target_inclusive remove_temp_files_after_crash restart_after_crash row_security ssl
ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers standard_conforming_strings
synchronize_seqscans syslog_sequence_numbers syslog_split_messages trace_notify trace_sort track_activities
track_commit_timestamp track_counts track_io_timing track_wal_io_timing transaction_deferrable
transaction_read_only transform_null_equals update_process_title wal_init_zero wal_log_hints
wal_receiver_create_temp_slot wal_recycle zero_damaged_pages`;

export const texts = `
DateStyle TimeZone application_name archive_cleanup_command archive_command archive_library backtrace_functions
bonjour_name client_encoding cluster_name config_file data_directory default_table_access_method
default_tablespace default_text_search_config dynamic_library_path event_source extension_destdir
external_pid_file hba_file ident_file jit_provider krb_server_keyfile lc_messages lc_monetary lc_numeric lc_time
listen_addresses local_preload_libraries log_destination log_directory log_filename log_line_prefix log_timezone
primary_conninfo primary_slot_name promote_trigger_file recovery_end_command recovery_target recovery_target_lsn
recovery_target_name recovery_target_time recovery_target_timeline recovery_target_xid restore_command
restrict_nonsystem_relation_kind search_path session_preload_libraries shared_preload_libraries ssl_ca_file
ssl_cert_file ssl_ciphers ssl_crl_dir ssl_crl_file ssl_dh_params_file ssl_ecdh_curve ssl_key_file
ssl_passphrase_command synchronous_standby_names syslog_ident temp_tablespaces timezone_abbreviations
unix_socket_directories unix_socket_group wal_consistency_checking`;

export const numbers = `
archive_timeout i s 0 1073741823
authentication_timeout i s 1 600
autovacuum_analyze_scale_factor r - 0 100
autovacuum_analyze_threshold i - 0 2147483647
autovacuum_freeze_max_age i - 100000 2000000000
autovacuum_max_workers i - 1 262143
autovacuum_multixact_freeze_max_age i - 10000 2000000000
autovacuum_naptime i s 1 2147483
autovacuum_vacuum_cost_delay r ms -1 100
autovacuum_vacuum_cost_limit i - -1 10000
autovacuum_vacuum_insert_scale_factor r - 0 100
autovacuum_vacuum_insert_threshold i - -1 2147483647
autovacuum_vacuum_scale_factor r - 0 100
autovacuum_vacuum_threshold i - 0 2147483647
autovacuum_work_mem i kB -1 2147483647
backend_flush_after i 8kB 0 256
bgwriter_delay i ms 10 10000
bgwriter_flush_after i 8kB 0 256
bgwriter_lru_maxpages i - 0 1073741823
bgwriter_lru_multiplier r - 0 10
checkpoint_completion_target r - 0 1
checkpoint_flush_after i 8kB 0 256
checkpoint_timeout i s 30 86400
checkpoint_warning i s 0 2147483647
client_connection_check_interval i ms 0 2147483647
commit_delay i - 0 100000
commit_siblings i - 0 1000
cpu_index_tuple_cost r - 0 1.79769e+308
cpu_operator_cost r - 0 1.79769e+308
cpu_tuple_cost r - 0 1.79769e+308
cursor_tuple_fraction r - 0 1
deadlock_timeout i ms 1 2147483647
debug_discard_caches i - 0 0
default_statistics_target i - 1 10000
effective_cache_size i 8kB 1 2147483647
effective_io_concurrency i - 0 1000
extra_float_digits i - -15 3
from_collapse_limit i - 1 2147483647
geqo_effort i - 1 10
geqo_generations i - 0 2147483647
geqo_pool_size i - 0 2147483647
geqo_seed r - 0 1
geqo_selection_bias r - 1.5 2
geqo_threshold i - 2 2147483647
gin_fuzzy_search_limit i - 0 2147483647
gin_pending_list_limit i kB 64 2147483647
hash_mem_multiplier r - 1 1000
huge_page_size i kB 0 2147483647
idle_in_transaction_session_timeout i ms 0 2147483647
idle_session_timeout i ms 0 2147483647
jit_above_cost r - -1 1.79769e+308
jit_inline_above_cost r - -1 1.79769e+308
jit_optimize_above_cost r - -1 1.79769e+308
join_collapse_limit i - 1 2147483647
lock_timeout i ms 0 2147483647
log_autovacuum_min_duration i ms -1 2147483647
log_file_mode i - 0 511
log_min_duration_sample i ms -1 2147483647
log_min_duration_statement i ms -1 2147483647
log_parameter_max_length i B -1 1073741823
log_parameter_max_length_on_error i B -1 1073741823
log_rotation_age i min 0 35791394
log_rotation_size i kB 0 2097151
log_startup_progress_interval i ms 0 2147483647
log_statement_sample_rate r - 0 1
log_temp_files i kB -1 2147483647
log_transaction_sample_rate r - 0 1
logical_decoding_work_mem i kB 64 2147483647
maintenance_io_concurrency i - 0 1000
maintenance_work_mem i kB 1024 2147483647
max_connections i - 1 262143
max_files_per_process i - 64 2147483647
max_locks_per_transaction i - 10 2147483647
max_logical_replication_workers i - 0 262143
max_parallel_maintenance_workers i - 0 1024
max_parallel_workers i - 0 1024
max_parallel_workers_per_gather i - 0 1024
max_pred_locks_per_page i - 0 2147483647
max_pred_locks_per_relation i - -2147483648 2147483647
max_pred_locks_per_transaction i - 10 2147483647
max_prepared_transactions i - 0 262143
max_replication_slots i - 0 262143
max_slot_wal_keep_size i MB -1 2147483647
max_stack_depth i kB 100 2147483647
max_standby_archive_delay i ms -1 2147483647
max_standby_streaming_delay i ms -1 2147483647
max_sync_workers_per_subscription i - 0 262143
max_wal_senders i - 0 262143
max_wal_size i MB 2 2147483647
max_worker_processes i - 0 262143
min_dynamic_shared_memory i MB 0 2147483647
min_parallel_index_scan_size i 8kB 0 715827882
min_parallel_table_scan_size i 8kB 0 715827882
min_wal_size i MB 2 2147483647
old_snapshot_threshold i min -1 86400
parallel_setup_cost r - 0 1.79769e+308
parallel_tuple_cost r - 0 1.79769e+308
port i - 1 65535
post_auth_delay i s 0 2147
pre_auth_delay i s 0 60
random_page_cost r - 0 1.79769e+308
recovery_min_apply_delay i ms 0 2147483647
recursive_worktable_factor r - 0.001 1e+06
seq_page_cost r - 0 1.79769e+308
shared_buffers i 8kB 16 1073741823
statement_timeout i ms 0 2147483647
superuser_reserved_connections i - 0 262143
tcp_keepalives_count i - 0 2147483647
tcp_keepalives_idle i s 0 2147483647
tcp_keepalives_interval i s 0 2147483647
tcp_user_timeout i ms 0 2147483647
temp_buffers i 8kB 100 1073741823
temp_file_limit i kB -1 2147483647
track_activity_query_size i B 100 1048576
unix_socket_permissions i - 0 511
vacuum_cost_delay r ms 0 100
vacuum_cost_limit i - 1 10000
vacuum_cost_page_dirty i - 0 10000
vacuum_cost_page_hit i - 0 10000
vacuum_cost_page_miss i - 0 10000
vacuum_defer_cleanup_age i - 0 1000000
vacuum_failsafe_age i - 0 2100000000
vacuum_freeze_min_age i - 0 1000000000
vacuum_freeze_table_age i - 0 2000000000
vacuum_multixact_failsafe_age i - 0 2100000000
vacuum_multixact_freeze_min_age i - 0 1000000000
vacuum_multixact_freeze_table_age i - 0 2000000000
wal_buffers i 8kB -1 262143
wal_decode_buffer_size i B 65536 1073741823
wal_keep_size i MB 0 2147483647
wal_receiver_status_interval i s 0 2147483
wal_receiver_timeout i ms 0 2147483647
wal_retrieve_retry_interval i ms 1 2147483647
wal_sender_timeout i ms 0 2147483647
wal_skip_threshold i kB 0 2147483647
wal_writer_delay i ms 1 10000
wal_writer_flush_after i 8kB 0 2147483647
work_mem i kB 64 2147483647`;

export const choices = `
IntervalStyle postgres|postgres_verbose|sql_standard|iso_8601
archive_mode always|on|off
backslash_quote safe_encoding|on|off
bytea_output escape|hex
client_min_messages debug5|debug4|debug3|debug2|debug1|log|notice|warning|error
compute_query_id auto|regress|on|off
constraint_exclusion partition|on|off
default_toast_compression pglz|lz4
force_parallel_mode off|on|regress
huge_pages off|on|try
log_error_verbosity terse|default|verbose
log_min_error_statement debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic
log_min_messages debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic
log_statement none|ddl|mod|all
password_encryption md5|scram-sha-256
plan_cache_mode auto|force_generic_plan|force_custom_plan
recovery_init_sync_method fsync|syncfs
recovery_prefetch off|on|try
recovery_target_action pause|promote|shutdown
session_replication_role origin|replica|local
ssl_max_protocol_version |TLSv1|TLSv1.1|TLSv1.2|TLSv1.3
ssl_min_protocol_version TLSv1|TLSv1.1|TLSv1.2|TLSv1.3
stats_fetch_consistency none|cache|snapshot
synchronous_commit local|remote_write|remote_apply|on|off
syslog_facility local0|local1|local2|local3|local4|local5|local6|local7
trace_recovery_messages debug5|debug4|debug3|debug2|debug1|log|notice|warning|error
track_functions none|pl|all
wal_compression pglz|lz4|zstd|on|off
wal_level minimal|replica|logical
xmlbinary base64|hex
xmloption content|document`;

/** Choices whose words depend on the platform the server was built for. */
export const platformChoices = `
default_transaction_isolation dynamic_shared_memory_type shared_memory_type transaction_isolation wal_sync_method`;

/** Words that a choice takes and pg_settings does not show: those of a switch where it has on and off, and these. */
export const hiddenWords: Readonly<Record<string, readonly string[]>> = {
  client_min_messages: ["debug", "info"],
  log_min_error_statement: ["debug"],
  log_min_messages: ["debug"],
  trace_recovery_messages: ["debug", "info"],
  wal_level: ["archive", "hot_standby"],
};

/** Names that other versions have, 13 to 18: known, and not checked. https://www.postgresql.org/docs/release/ */
export const otherVersions = `
allow_alter_system array_nulls autovacuum_vacuum_max_threshold autovacuum_worker_slots commit_timestamp_buffers createrole_self_grant
db_user_namespace debug_copy_parse_plan_trees debug_io_direct debug_logical_replication_streaming debug_parallel_query
debug_raw_expression_coverage_test debug_write_read_parse_plan_trees enable_distinct_reordering enable_group_by_reordering
enable_presorted_aggregate enable_self_join_elimination event_triggers extension_control_path file_copy_method gss_accept_delegation
huge_pages_status icu_validation_level idle_replication_slot_timeout io_combine_limit io_max_combine_limit io_max_concurrency io_method
io_workers jit_debugging_support log_lock_failures log_recovery_conflict_waits logical_decoding_mode max_active_replication_origins
max_notify_queue_pages max_parallel_apply_workers_per_subscription md5_password_warnings multixact_member_buffers multixact_offset_buffers
notify_buffers oauth_validator_libraries operator_precedence_warning optimize_bounded_sort promote_trigger_file reserved_connections
restrict_nonsystem_relation_kind scram_iterations send_abort_for_crash send_abort_for_kill serializable_buffers ssl_groups
ssl_tls13_ciphers stats_temp_directory subtransaction_buffers summarize_wal sync_replication_slots synchronized_standby_slots
trace_connection_negotiation trace_sort track_cost_delay_timing transaction_buffers transaction_timeout vacuum_buffer_usage_limit
vacuum_cleanup_index_scale_factor vacuum_max_eager_freeze_failure_rate vacuum_truncate wal_keep_segments wal_summary_keep_time
force_parallel_mode old_snapshot_threshold vacuum_defer_cleanup_age`;

/** Settings that take more in later versions: judged up to 15 only. */
export const widenedLater: ReadonlySet<string> = new Set([
  "autovacuum_max_workers",
  "effective_io_concurrency",
  "log_connections", // a list of moments since 18
  "log_rotation_size",
  "maintenance_io_concurrency",
  "maintenance_work_mem",
  "max_files_per_process",
  "wal_buffers",
]);
