import type { Database } from "../model/database.ts";

/**
 * Whether a PostgreSQL keeps passwords so that only SCRAM, or a plain password, answers: its default from 14 on.
 * https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-PASSWORD-ENCRYPTION
 */
export function asksForScram({ engine, major, settings, container }: Database): boolean {
  if (engine !== "postgresql" || major === undefined || major < 14 || !settings.isComplete) return false;
  const method = settings.get("password_encryption");
  if (method !== undefined && method.value !== "scram-sha-256") return false;
  const { environment } = container ?? {};
  const trusts = environment?.get("POSTGRES_HOST_AUTH_METHOD")?.value === "trust";
  const initdb = environment?.get("POSTGRES_INITDB_ARGS");
  return !trusts && (initdb === undefined || (initdb.value !== undefined && !/md5|trust|password/.test(initdb.value)));
}
