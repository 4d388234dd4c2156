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
