/**
 * Parameters of PgBouncer with default and the variable that each image family reads for it; types and versions are in
 * `pgbouncer-keys.ts`.
 * Read from the sources of 1.5 to 1.25.2 and the images' entrypoints, 2026-07. https://www.pgbouncer.org/config.html
 */
export interface PgbouncerParameter {
  readonly name: string;
  /** undefined: none, or computed. */
  readonly default: string | undefined;
  /** By image family. */
  readonly variables: Readonly<Record<string, string>>;
}

export const pgbouncerParameters: readonly PgbouncerParameter[] = [
  {
    name: "admin_users",
    default: "",
    variables: {
      "bitnami/pgbouncer": "POSTGRESQL_USERNAME",
      "edoburu/pgbouncer": "ADMIN_USERS",
      "pgbouncer/pgbouncer": "PGBOUNCER_ADMIN_USERS",
    },
  },
  {
    name: "application_name_add_host",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_APPLICATION_NAME_ADD_HOST",
      "edoburu/pgbouncer": "APPLICATION_NAME_ADD_HOST",
      "pgbouncer/pgbouncer": "PGBOUNCER_APPLICATION_NAME_ADD_HOST",
    },
  },
  {
    name: "auth_dbname",
    default: undefined,
    variables: { "edoburu/pgbouncer": "AUTH_DBNAME" },
  },
  {
    name: "auth_file",
    default: undefined,
    variables: { "edoburu/pgbouncer": "AUTH_FILE", "pgbouncer/pgbouncer": "PGBOUNCER_AUTH_FILE" },
  },
  {
    name: "auth_hba_file",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_AUTH_HBA_FILE",
      "edoburu/pgbouncer": "AUTH_HBA_FILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_AUTH_HBA_FILE",
    },
  },
  {
    name: "auth_ident_file",
    default: undefined,
    variables: { "bitnami/pgbouncer": "PGBOUNCER_AUTH_IDENT_FILE" },
  },
  { name: "auth_ldap_options", default: undefined, variables: {} },
  {
    name: "auth_query",
    default:
      "SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END FROM pg_authid WHERE rolname=$1 AND rolcanlogin",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_AUTH_QUERY",
      "edoburu/pgbouncer": "AUTH_QUERY",
      "pgbouncer/pgbouncer": "PGBOUNCER_AUTH_QUERY",
    },
  },
  {
    name: "auth_type",
    default: "md5",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_AUTH_TYPE",
      "edoburu/pgbouncer": "AUTH_TYPE",
      "pgbouncer/pgbouncer": "PGBOUNCER_AUTH_TYPE",
    },
  },
  {
    name: "auth_user",
    default: undefined,
    variables: { "edoburu/pgbouncer": "AUTH_USER", "pgbouncer/pgbouncer": "PGBOUNCER_AUTH_USER" },
  },
  {
    name: "autodb_idle_timeout",
    default: "3600",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_AUTODB_IDLE_TIMEOUT",
      "edoburu/pgbouncer": "AUTODB_IDLE_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_AUTODB_IDLE_TIMEOUT",
    },
  },
  { name: "cancel_wait_timeout", default: "10", variables: {} },
  {
    name: "client_idle_timeout",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_CLIENT_IDLE_TIMEOUT",
      "edoburu/pgbouncer": "CLIENT_IDLE_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_IDLE_TIMEOUT",
    },
  },
  {
    name: "client_login_timeout",
    default: "60",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_CLIENT_LOGIN_TIMEOUT",
      "edoburu/pgbouncer": "CLIENT_LOGIN_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_LOGIN_TIMEOUT",
    },
  },
  { name: "client_tls13_ciphers", default: undefined, variables: {} },
  {
    name: "client_tls_ca_file",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_CLIENT_TLS_CA_FILE",
      "edoburu/pgbouncer": "CLIENT_TLS_CA_FILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_CA_FILE",
    },
  },
  {
    name: "client_tls_cert_file",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_CLIENT_TLS_CERT_FILE",
      "edoburu/pgbouncer": "CLIENT_TLS_CERT_FILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_CERT_FILE",
    },
  },
  {
    name: "client_tls_ciphers",
    default: "default",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_CLIENT_TLS_CIPHERS",
      "edoburu/pgbouncer": "CLIENT_TLS_CIPHERS",
      "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_CIPHERS",
    },
  },
  {
    name: "client_tls_dheparams",
    default: "auto",
    variables: { "edoburu/pgbouncer": "CLIENT_TLS_DHEPARAMS", "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_DHEPARAMS" },
  },
  {
    name: "client_tls_ecdhcurve",
    default: "auto",
    variables: { "edoburu/pgbouncer": "CLIENT_TLS_ECDHCURVE", "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_ECDHCURVE" },
  },
  {
    name: "client_tls_key_file",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_CLIENT_TLS_KEY_FILE",
      "edoburu/pgbouncer": "CLIENT_TLS_KEY_FILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_KEY_FILE",
    },
  },
  {
    name: "client_tls_protocols",
    default: "secure",
    variables: { "edoburu/pgbouncer": "CLIENT_TLS_PROTOCOLS", "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_PROTOCOLS" },
  },
  {
    name: "client_tls_sslmode",
    default: "disable",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_CLIENT_TLS_SSLMODE",
      "edoburu/pgbouncer": "CLIENT_TLS_SSLMODE",
      "pgbouncer/pgbouncer": "PGBOUNCER_CLIENT_TLS_SSLMODE",
    },
  },
  {
    name: "conffile",
    default: undefined,
    variables: { "pgbouncer/pgbouncer": "PGBOUNCER_CONFFILE" },
  },
  {
    name: "default_pool_size",
    default: "20",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_DEFAULT_POOL_SIZE",
      "edoburu/pgbouncer": "DEFAULT_POOL_SIZE",
      "pgbouncer/pgbouncer": "PGBOUNCER_DEFAULT_POOL_SIZE",
      "crunchydata/crunchy-pgbouncer": "DEFAULT_POOL_SIZE",
      zalando: "CONNECTION_POOLER_DEFAULT_SIZE",
    },
  },
  {
    name: "disable_pqexec",
    default: "0",
    variables: { "edoburu/pgbouncer": "DISABLE_PQEXEC", "pgbouncer/pgbouncer": "PGBOUNCER_DISABLE_PQEXEC" },
  },
  {
    name: "dns_max_ttl",
    default: "15",
    variables: { "edoburu/pgbouncer": "DNS_MAX_TTL", "pgbouncer/pgbouncer": "PGBOUNCER_DNS_MAX_TTL" },
  },
  {
    name: "dns_nxdomain_ttl",
    default: "15",
    variables: { "edoburu/pgbouncer": "DNS_NXDOMAIN_TTL", "pgbouncer/pgbouncer": "PGBOUNCER_DNS_NXDOMAIN_TTL" },
  },
  { name: "dns_zone_check_period", default: "0", variables: {} },
  {
    name: "idle_transaction_timeout",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_IDLE_TRANSACTION_TIMEOUT",
      "edoburu/pgbouncer": "IDLE_TRANSACTION_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_IDLE_TRANSACTION_TIMEOUT",
    },
  },
  {
    name: "ignore_startup_parameters",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_IGNORE_STARTUP_PARAMETERS",
      "edoburu/pgbouncer": "IGNORE_STARTUP_PARAMETERS",
      "pgbouncer/pgbouncer": "PGBOUNCER_IGNORE_STARTUP_PARAMETERS",
      "crunchydata/crunchy-pgbouncer": "IGNORE_STARTUP_PARAMETERS",
    },
  },
  {
    name: "job_name",
    default: "pgbouncer",
    variables: { "pgbouncer/pgbouncer": "PGBOUNCER_JOB_NAME" },
  },
  {
    name: "listen_addr",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_LISTEN_ADDRESS",
      "edoburu/pgbouncer": "LISTEN_ADDR",
      "pgbouncer/pgbouncer": "PGBOUNCER_LISTEN_ADDR",
    },
  },
  {
    name: "listen_backlog",
    default: "128",
    variables: { "edoburu/pgbouncer": "LISTEN_BACKLOG", "pgbouncer/pgbouncer": "PGBOUNCER_LISTEN_BACKLOG" },
  },
  {
    name: "listen_port",
    default: "6432",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_PORT",
      "edoburu/pgbouncer": "LISTEN_PORT",
      "pgbouncer/pgbouncer": "PGBOUNCER_LISTEN_PORT",
      zalando: "CONNECTION_POOLER_PORT",
    },
  },
  {
    name: "log_connections",
    default: "1",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_LOG_CONNECTIONS",
      "edoburu/pgbouncer": "LOG_CONNECTIONS",
      "pgbouncer/pgbouncer": "PGBOUNCER_LOG_CONNECTIONS",
    },
  },
  {
    name: "log_disconnections",
    default: "1",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_LOG_DISCONNECTIONS",
      "edoburu/pgbouncer": "LOG_DISCONNECTIONS",
      "pgbouncer/pgbouncer": "PGBOUNCER_LOG_DISCONNECTIONS",
    },
  },
  {
    name: "log_pooler_errors",
    default: "1",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_LOG_POOLER_ERRORS",
      "edoburu/pgbouncer": "LOG_POOLER_ERRORS",
      "pgbouncer/pgbouncer": "PGBOUNCER_LOG_POOLER_ERRORS",
    },
  },
  {
    name: "log_stats",
    default: "1",
    variables: { "bitnami/pgbouncer": "PGBOUNCER_LOG_STATS", "edoburu/pgbouncer": "LOG_STATS" },
  },
  {
    name: "logfile",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_LOG_FILE",
      "edoburu/pgbouncer": "LOGFILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_LOGFILE",
    },
  },
  {
    name: "login_notify_message",
    default: "",
    variables: {},
  },
  {
    name: "max_client_conn",
    default: "100",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_MAX_CLIENT_CONN",
      "edoburu/pgbouncer": "MAX_CLIENT_CONN",
      "pgbouncer/pgbouncer": "PGBOUNCER_MAX_CLIENT_CONN",
      "crunchydata/crunchy-pgbouncer": "MAX_CLIENT_CONN",
      zalando: "CONNECTION_POOLER_MAX_CLIENT_CONN",
    },
  },
  { name: "max_db_client_connections", default: "0", variables: {} },
  {
    name: "max_db_connections",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_MAX_DB_CONNECTIONS",
      "edoburu/pgbouncer": "MAX_DB_CONNECTIONS",
      "pgbouncer/pgbouncer": "PGBOUNCER_MAX_DB_CONNECTIONS",
      "crunchydata/crunchy-pgbouncer": "MAX_DB_CONNECTIONS",
      zalando: "CONNECTION_POOLER_MAX_DB_CONN",
    },
  },
  {
    name: "max_packet_size",
    default: "2147483647",
    variables: { "edoburu/pgbouncer": "MAX_PACKET_SIZE", "pgbouncer/pgbouncer": "PGBOUNCER_MAX_PACKET_SIZE" },
  },
  {
    name: "max_prepared_statements",
    default: "200",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_MAX_PREPARED_STATEMENTS",
      "edoburu/pgbouncer": "MAX_PREPARED_STATEMENTS",
    },
  },
  { name: "max_user_client_connections", default: "0", variables: {} },
  {
    name: "max_user_connections",
    default: "0",
    variables: { "edoburu/pgbouncer": "MAX_USER_CONNECTIONS", "pgbouncer/pgbouncer": "PGBOUNCER_MAX_USER_CONNECTIONS" },
  },
  {
    name: "min_pool_size",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_MIN_POOL_SIZE",
      "edoburu/pgbouncer": "MIN_POOL_SIZE",
      "pgbouncer/pgbouncer": "PGBOUNCER_MIN_POOL_SIZE",
      "crunchydata/crunchy-pgbouncer": "MIN_POOL_SIZE",
      zalando: "CONNECTION_POOLER_MIN_SIZE",
    },
  },
  { name: "peer_id", default: "0", variables: {} },
  {
    name: "pidfile",
    default: "",
    variables: { "pgbouncer/pgbouncer": "PGBOUNCER_PIDFILE" },
  },
  {
    name: "pkt_buf",
    default: "4096",
    variables: { "edoburu/pgbouncer": "PKT_BUF", "pgbouncer/pgbouncer": "PGBOUNCER_PKT_BUF" },
  },
  {
    name: "pool_idle_timeout",
    default: "0",
    variables: {},
  },
  {
    name: "pool_mode",
    default: "session",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_POOL_MODE",
      "edoburu/pgbouncer": "POOL_MODE",
      "pgbouncer/pgbouncer": "PGBOUNCER_POOL_MODE",
      "crunchydata/crunchy-pgbouncer": "POOL_MODE",
      zalando: "CONNECTION_POOLER_MODE",
    },
  },
  {
    name: "query_timeout",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_QUERY_TIMEOUT",
      "edoburu/pgbouncer": "QUERY_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_QUERY_TIMEOUT",
      "crunchydata/crunchy-pgbouncer": "QUERY_TIMEOUT",
    },
  },
  { name: "query_wait_notify", default: "5", variables: {} },
  {
    name: "query_wait_timeout",
    default: "120",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_QUERY_WAIT_TIMEOUT",
      "edoburu/pgbouncer": "QUERY_WAIT_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_QUERY_WAIT_TIMEOUT",
    },
  },
  {
    name: "reserve_pool_size",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_RESERVE_POOL_SIZE",
      "edoburu/pgbouncer": "RESERVE_POOL_SIZE",
      "pgbouncer/pgbouncer": "PGBOUNCER_RESERVE_POOL_SIZE",
      "crunchydata/crunchy-pgbouncer": "RESERVE_POOL_SIZE",
      zalando: "CONNECTION_POOLER_RESERVE_SIZE",
    },
  },
  {
    name: "reserve_pool_timeout",
    default: "5",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_RESERVE_POOL_TIMEOUT",
      "edoburu/pgbouncer": "RESERVE_POOL_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_RESERVE_POOL_TIMEOUT",
      "crunchydata/crunchy-pgbouncer": "RESERVE_POOL_TIMEOUT",
    },
  },
  { name: "resolv_conf", default: "", variables: {} },
  {
    name: "sbuf_loopcnt",
    default: "5",
    variables: { "edoburu/pgbouncer": "SBUF_LOOPCNT", "pgbouncer/pgbouncer": "PGBOUNCER_SBUF_LOOPCNT" },
  },
  { name: "scram_iterations", default: "4096", variables: {} },
  {
    name: "server_check_delay",
    default: "30",
    variables: { "edoburu/pgbouncer": "SERVER_CHECK_DELAY", "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_CHECK_DELAY" },
  },
  {
    name: "server_check_query",
    default: "<empty>",
    variables: { "edoburu/pgbouncer": "SERVER_CHECK_QUERY", "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_CHECK_QUERY" },
  },
  {
    name: "server_connect_timeout",
    default: "15",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_CONNECT_TIMEOUT",
      "edoburu/pgbouncer": "SERVER_CONNECT_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_CONNECT_TIMEOUT",
    },
  },
  {
    name: "server_fast_close",
    default: "0",
    variables: { "bitnami/pgbouncer": "PGBOUNCER_SERVER_FAST_CLOSE" },
  },
  {
    name: "server_idle_timeout",
    default: "600",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_IDLE_TIMEOUT",
      "edoburu/pgbouncer": "SERVER_IDLE_TIMEOUT",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_IDLE_TIMEOUT",
    },
  },
  {
    name: "server_lifetime",
    default: "3600",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_LIFETIME",
      "edoburu/pgbouncer": "SERVER_LIFETIME",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_LIFETIME",
    },
  },
  {
    name: "server_login_retry",
    default: "15",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_LOGIN_RETRY",
      "edoburu/pgbouncer": "SERVER_LOGIN_RETRY",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_LOGIN_RETRY",
    },
  },
  {
    name: "server_reset_query",
    default: "DISCARD ALL",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_RESET_QUERY",
      "edoburu/pgbouncer": "SERVER_RESET_QUERY",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_RESET_QUERY",
    },
  },
  {
    name: "server_reset_query_always",
    default: "0",
    variables: {
      "edoburu/pgbouncer": "SERVER_RESET_QUERY_ALWAYS",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_RESET_QUERY_ALWAYS",
    },
  },
  {
    name: "server_round_robin",
    default: "0",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_ROUND_ROBIN",
      "edoburu/pgbouncer": "SERVER_ROUND_ROBIN",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_ROUND_ROBIN",
    },
  },
  { name: "server_tls13_ciphers", default: undefined, variables: {} },
  {
    name: "server_tls_ca_file",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_TLS_CA_FILE",
      "edoburu/pgbouncer": "SERVER_TLS_CA_FILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_TLS_CA_FILE",
    },
  },
  {
    name: "server_tls_cert_file",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_TLS_CERT_FILE",
      "edoburu/pgbouncer": "SERVER_TLS_CERT_FILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_TLS_CERT_FILE",
    },
  },
  {
    name: "server_tls_ciphers",
    default: "default",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_TLS_CIPHERS",
      "edoburu/pgbouncer": "SERVER_TLS_CIPHERS",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_TLS_CIPHERS",
    },
  },
  {
    name: "server_tls_key_file",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_TLS_KEY_FILE",
      "edoburu/pgbouncer": "SERVER_TLS_KEY_FILE",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_TLS_KEY_FILE",
    },
  },
  {
    name: "server_tls_protocols",
    default: "secure",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_TLS_PROTOCOLS",
      "edoburu/pgbouncer": "SERVER_TLS_PROTOCOLS",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_TLS_PROTOCOLS",
    },
  },
  {
    name: "server_tls_sslmode",
    default: "prefer",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SERVER_TLS_SSLMODE",
      "edoburu/pgbouncer": "SERVER_TLS_SSLMODE",
      "pgbouncer/pgbouncer": "PGBOUNCER_SERVER_TLS_SSLMODE",
    },
  },
  { name: "service_name", default: undefined, variables: {} },
  { name: "so_reuseport", default: "0", variables: {} },
  {
    name: "stats_period",
    default: "60",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_STATS_PERIOD",
      "edoburu/pgbouncer": "STATS_PERIOD",
      "pgbouncer/pgbouncer": "PGBOUNCER_STATS_PERIOD",
    },
  },
  {
    name: "stats_users",
    default: "",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_STATS_USERS",
      "edoburu/pgbouncer": "STATS_USERS",
      "pgbouncer/pgbouncer": "PGBOUNCER_STATS_USERS",
    },
  },
  {
    name: "suspend_timeout",
    default: "10",
    variables: { "edoburu/pgbouncer": "SUSPEND_TIMEOUT", "pgbouncer/pgbouncer": "PGBOUNCER_SUSPEND_TIMEOUT" },
  },
  {
    name: "syslog",
    default: "0",
    variables: { "pgbouncer/pgbouncer": "PGBOUNCER_SYSLOG" },
  },
  {
    name: "syslog_facility",
    default: "daemon",
    variables: { "pgbouncer/pgbouncer": "PGBOUNCER_SYSLOG_FACILITY" },
  },
  {
    name: "syslog_ident",
    default: "pgbouncer",
    variables: { "pgbouncer/pgbouncer": "PGBOUNCER_SYSLOG_IDENT" },
  },
  {
    name: "tcp_defer_accept",
    default: "1",
    variables: { "edoburu/pgbouncer": "TCP_DEFER_ACCEPT", "pgbouncer/pgbouncer": "PGBOUNCER_TCP_DEFER_ACCEPT" },
  },
  {
    name: "tcp_keepalive",
    default: "1",
    variables: { "edoburu/pgbouncer": "TCP_KEEPALIVE", "pgbouncer/pgbouncer": "PGBOUNCER_TCP_KEEPALIVE" },
  },
  {
    name: "tcp_keepcnt",
    default: "0",
    variables: { "edoburu/pgbouncer": "TCP_KEEPCNT", "pgbouncer/pgbouncer": "PGBOUNCER_TCP_KEEPCNT" },
  },
  {
    name: "tcp_keepidle",
    default: "0",
    variables: { "edoburu/pgbouncer": "TCP_KEEPIDLE", "pgbouncer/pgbouncer": "PGBOUNCER_TCP_KEEPIDLE" },
  },
  {
    name: "tcp_keepintvl",
    default: "0",
    variables: { "edoburu/pgbouncer": "TCP_KEEPINTVL", "pgbouncer/pgbouncer": "PGBOUNCER_TCP_KEEPINTVL" },
  },
  { name: "tcp_socket_buffer", default: "0", variables: {} },
  {
    name: "tcp_user_timeout",
    default: "0",
    variables: { "edoburu/pgbouncer": "TCP_USER_TIMEOUT" },
  },
  { name: "track_extra_parameters", default: "IntervalStyle", variables: {} },
  { name: "transaction_timeout", default: "0", variables: {} },
  {
    name: "unix_socket_dir",
    default: "/tmp",
    variables: {
      "bitnami/pgbouncer": "PGBOUNCER_SOCKET_DIR",
      "edoburu/pgbouncer": "UNIX_SOCKET_DIR",
      "pgbouncer/pgbouncer": "PGBOUNCER_UNIX_SOCKET_DIR",
    },
  },
  {
    name: "unix_socket_group",
    default: "",
    variables: { "bitnami/pgbouncer": "PGBOUNCER_SOCKET_GROUP", "pgbouncer/pgbouncer": "PGBOUNCER_UNIX_SOCKET_GROUP" },
  },
  {
    name: "unix_socket_mode",
    default: "0777",
    variables: { "bitnami/pgbouncer": "PGBOUNCER_SOCKET_MODE", "pgbouncer/pgbouncer": "PGBOUNCER_UNIX_SOCKET_MODE" },
  },
  {
    name: "user",
    default: undefined,
    variables: { "pgbouncer/pgbouncer": "PGBOUNCER_USER" },
  },
  {
    name: "verbose",
    default: undefined,
    variables: { "edoburu/pgbouncer": "VERBOSE", "pgbouncer/pgbouncer": "PGBOUNCER_VERBOSE" },
  },
];

/** Defaults by ini name. */
export const pgbouncerDefaults: ReadonlyMap<string, string> = new Map(
  pgbouncerParameters.flatMap((parameter) =>
    parameter.default === undefined ? [] : [[parameter.name, parameter.default] as const],
  ),
);

/** Image family -> variable -> ini name. */
export const poolerVariables: Readonly<Record<string, ReadonlyMap<string, string>>> = Object.fromEntries(
  ["bitnami/pgbouncer", "edoburu/pgbouncer", "pgbouncer/pgbouncer", "crunchydata/crunchy-pgbouncer", "zalando"].map(
    (family) => [
      family,
      new Map(
        pgbouncerParameters.flatMap((parameter) => {
          const variable = parameter.variables[family];
          return variable === undefined ? [] : [[variable, parameter.name] as const];
        }),
      ),
    ],
  ),
);

/** Variables that an image family reads and that set no parameter. */
const otherVariables: Readonly<Record<string, readonly RegExp[]>> = {
  "bitnami/pgbouncer": [
    /^PGBOUNCER_(DATABASE|SET_DATABASE_USER|SET_DATABASE_PASSWORD|AUTH_USER|CONNECT_QUERY|USERLIST|DSN_\d+|FAIL_ON_INVALID_DSN_FILE|EXTRA_FLAGS|INIT_SLEEP_TIME|INIT_MAX_RETRIES|FORCE_INITSCRIPTS|DAEMON_USER|DAEMON_GROUP|PORT|BIND_ADDRESS|.*_FILE)$/,
    /^POSTGRESQL_(HOST|PORT|USERNAME|PASSWORD|DATABASE)(_FILE)?$/,
  ],
  "edoburu/pgbouncer": [
    /^(DATABASE_URLS?|DB_HOST|DB_PORT|DB_USER|DB_PASSWORD|DB_NAME|CLIENT_ENCODING|AUTH_FILE|LISTEN_ADDR|LISTEN_PORT)$/,
  ],
  "pgbouncer/pgbouncer": [
    /^DATABASES_(HOST|PORT|USER|PASSWORD|DBNAME|CLIENT_SIDE_DBNAME|AUTH_USER|POOL_SIZE|RESERVE_POOL|CONNECT_QUERY|POOL_MODE|MAX_DB_CONNECTIONS|CLIENT_ENCODING|DATESTYLE|TIMEZONE)$/,
    /^QUIET$/,
  ],
};

/** Image families that read their file only: no variable sets anything. */
export const fileOnlyImages: ReadonlySet<string> = new Set(["icoretech/pgbouncer-docker", "cloudnative-pg/pgbouncer"]);

interface RequiredVariables {
  /** One of them has to be set; the first is the usual one. */
  readonly oneOf: readonly string[];
  readonly unless?: { readonly name: string; readonly value: string };
}

/** Image family -> what its entrypoint does not start without, unless a configuration is mounted. */
export const requiredVariables: Readonly<Record<string, RequiredVariables>> = {
  "bitnami/pgbouncer": {
    oneOf: ["POSTGRESQL_PASSWORD", "POSTGRESQL_PASSWORD_FILE"],
    unless: { name: "PGBOUNCER_AUTH_TYPE", value: "trust" },
  },
  "edoburu/pgbouncer": { oneOf: ["DB_HOST", "DATABASE_URL", "DATABASE_URLS"] },
  "crunchydata/crunchy-pgbouncer": { oneOf: ["PG_SERVICE"] },
  "pgbouncer/pgbouncer": { oneOf: ["DATABASES_HOST"] },
};

/** Image family -> variables that its entrypoint writes where PgBouncer refuses them, and what it does with them. */
export const breakingVariables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "edoburu/pgbouncer": {
    POOL_SIZE: "writes pool_size into [pgbouncer], where it is called default_pool_size (DEFAULT_POOL_SIZE)",
    TIMEZONE: "writes timezone into [pgbouncer], which has no such parameter",
    CLIENT_ENCODING: "writes it on a line of its own, which is not a valid entry",
  },
};

/** Whether an image family reads a variable; undefined: the family's variables are not known. */
export function readsVariable(family: string, variable: string): boolean | undefined {
  const others = otherVariables[family];
  if (others === undefined) return undefined;
  if (Object.hasOwn(breakingVariables[family] ?? {}, variable)) return true;
  return poolerVariables[family]?.has(variable) === true || others.some((pattern) => pattern.test(variable));
}

/** For a variable that one family reads under another name: the ini parameter it stands for anywhere. */
export function parameterOfVariable(variable: string): string | undefined {
  for (const variables of Object.values(poolerVariables)) {
    const name = variables.get(variable);
    if (name !== undefined) return name;
  }
  return undefined;
}
