/**
 * A PostgreSQL memory setting in bytes; a number without unit counts in the parameter's own unit.
 * https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
 */
export function postgresBytes(text: string, name: string): number | undefined {
  const match = /^(-?\d+(?:\.\d+)?)(?:\s*(B|kB|MB|GB|TB))?$/.exec(text.trim());
  if (match === null) return undefined;
  const units: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };
  return Number(match[1]) * (match[2] === undefined ? (postgresUnit[name] ?? 1) : (units[match[2]] ?? 1));
}

const postgresUnit: Readonly<Record<string, number>> = {
  shared_buffers: 8192,
  effective_cache_size: 8192,
  temp_buffers: 8192,
  wal_buffers: 8192,
  work_mem: 1024,
  maintenance_work_mem: 1024,
  autovacuum_work_mem: 1024,
  max_wal_size: 1024 ** 2,
  min_wal_size: 1024 ** 2,
  wal_keep_size: 1024 ** 2,
  max_slot_wal_keep_size: 1024 ** 2,
};

/** MySQL and MariaDB sizes: `K M G T P E` are powers of 1024, nothing else is read. */
export function mysqlBytes(text: string): number | undefined {
  const match = /^(\d+)(?:\s*([KMGTPE]))?$/i.exec(text.trim());
  if (match === null) return undefined;
  const exponent = match[2] === undefined ? 0 : "KMGTPE".indexOf(match[2].toUpperCase()) + 1;
  return Number(match[1]) * 1024 ** exponent;
}

/** Redis sizes: `1k` is 1000, `1kb` 1024. https://github.com/redis/redis/blob/7.4/redis.conf#L5 */
export function redisBytes(text: string): number | undefined {
  const match = /^(\d+)(?:\s*(b|k|kb|m|mb|g|gb))?$/i.exec(text.trim());
  if (match === null) return undefined;
  const factors: Readonly<Record<string, number>> = {
    b: 1,
    k: 1e3,
    kb: 1024,
    m: 1e6,
    mb: 1024 ** 2,
    g: 1e9,
    gb: 1024 ** 3,
  };
  return Number(match[1]) * (factors[(match[2] ?? "b").toLowerCase()] ?? 1);
}

/** A PostgreSQL time setting in seconds, whose own unit is the second: `300`, `5min`, `1h`. */
export function postgresSeconds(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(?:\s*(us|ms|s|min|h|d))?$/.exec(text.trim());
  if (match === null) return undefined;
  const units: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };
  return Number(match[1]) * (units[match[2] ?? "s"] ?? 1);
}
