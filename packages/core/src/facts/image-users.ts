import { own } from "../text/own.ts";

/** The user to whom the entrypoint of an image steps down; it starts as root. Read in the Dockerfiles, 2026-08. */
export interface ImageUser {
  readonly name: string;
  readonly id: number;
  readonly group: number;
}

const postgresLike =
  /^postgres$|(^|\/)(postgis\/postgis|pgvector\/pgvector|ankane\/pgvector|timescale\/timescaledb(-postgis)?)$/;

/** undefined: the image starts as another user, or that is not known. */
export function userOfImage(name: string, tag: string | undefined): ImageUser | undefined {
  const isAlpine = /alpine/.test(tag ?? "") || /timescale\/timescaledb(-postgis)?$/.test(name);
  if (postgresLike.test(name))
    return isAlpine ? { name: "postgres", id: 70, group: 70 } : { name: "postgres", id: 999, group: 999 };
  if (/^(mysql|mariadb)$/.test(name)) return { name: "mysql", id: 999, group: 999 };
  if (name === "mongo") return { name: "mongodb", id: 999, group: 999 };
  if (/^redis$|^valkey\/valkey$/.test(name)) return { name: "redis", id: 999, group: isAlpine ? 1000 : 999 };
  return undefined;
}

/** By major, the first minor of PostgreSQL whose Alpine images were built with nss_wrapper, from 2022-12-13 on. Those of 10 never were. */
const firstWithNames: Readonly<Record<string, number>> = { 11: 18, 12: 13, 13: 9, 14: 6, 15: 1 };

/**
 * Whether PostgreSQL's Alpine image lets initdb run as a user that it does not have, as the Debian image does: its entrypoint makes up a
 * name. Tags without a minor, and versions that are not known, are taken for recent. https://github.com/docker-library/postgres/pull/1018
 */
export function namesAnyUser(version: string | undefined): boolean {
  const [, major = "", minor] = /^(\d+)(?:\.(\d+))?/.exec(version ?? "") ?? [];
  if (major !== "" && Number(major) <= 10) return false;
  const first = own(firstWithNames, major);
  return first === undefined || minor === undefined || Number(minor) >= first;
}
