import { formatBytes } from "../../kube/quantity.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Database } from "../model/database.ts";

/** What one operation of a PostgreSQL server may take of /dev/shm. */
export interface SharedMemoryUse {
  readonly bytes: number;
  /** `a parallel hash join may take 5 x 128Mi x 2 = 1.3Gi`. */
  readonly formula: string;
}

/**
 * The largest use that the settings allow, from the defaults of the version where nothing is written: a hash join of the leader and
 * its workers, or a parallel build of pgvector's HNSW index. undefined: there are no parallel queries.
 * https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-HASH-MEM-MULTIPLIER
 */
export function sharedMemoryUse(database: Database): SharedMemoryUse | undefined {
  const { settings, image, major } = database;
  const written = (fact: Fact<number> | undefined): number | undefined =>
    fact?.value !== undefined && fact.origin === "written" ? fact.value : undefined;
  const workers = written(settings.number("max_parallel_workers_per_gather")) ?? 2;
  if (workers === 0) return undefined;
  const workMemory = written(settings.bytes("work_mem")) ?? 4 * 2 ** 20;
  const multiplier = written(settings.number("hash_mem_multiplier")) ?? (major !== undefined && major < 15 ? 1 : 2);
  const join = (workers + 1) * workMemory * multiplier;
  const maintenance = written(settings.bytes("maintenance_work_mem"));
  // It leaves room where the default meets the 64 MB: https://github.com/pgvector/pgvector/blob/master/src/hnswbuild.c
  if (maintenance !== undefined && /pgvecto|vchord|ankane/.test(image?.name ?? "") && maintenance > join)
    return {
      bytes: maintenance,
      formula: `a parallel build of an HNSW index uses maintenance_work_mem ${formatBytes(maintenance)}`,
    };
  const term = multiplier === 1 ? "" : ` x hash_mem_multiplier ${multiplier}`;
  return {
    bytes: join,
    formula: `a parallel hash join may use ${workers + 1} processes x work_mem ${formatBytes(workMemory)}${term} = ${formatBytes(join)}`,
  };
}
