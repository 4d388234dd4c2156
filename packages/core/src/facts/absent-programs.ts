/**
 * Client programs that the official server images do not hold, in any tag: their Dockerfiles install the server and what its
 * entrypoint needs. https://github.com/docker-library/postgres, mysql, mariadb, mongo, redis; read 2026-11
 */
export const absentPrograms: ReadonlySet<string> = new Set([
  "aws",
  "s3cmd",
  "s5cmd",
  "mc",
  "rclone",
  "gsutil",
  "gcloud",
  "az",
  "azcopy",
  "b2",
  "restic",
  "kopia",
  "borg",
  "wal-g",
  "wal-e",
  "barman-cloud-backup",
  "barman-cloud-wal-archive",
  "pgbackrest",
  "kubectl",
]);

/** The images themselves, from Docker Hub; a copy elsewhere may be another build. */
export const imagesWithoutClients = /^(?:postgres|mysql|mariadb|mongo|redis)$/;
